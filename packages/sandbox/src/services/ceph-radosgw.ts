// Ceph's S3 gateway with a cluster of one node in memory: an S3 server that is nobody's stand-in, for tests.
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { CEPH_KEYS, cephConfiguration, monitorAddress } from './ceph-configuration.ts';
import { type Environment, searchPathOf } from './environment.ts';
import { findProgram } from './find-program.ts';
import { freePort } from './free-port.ts';
import { runProgram } from './run-program.ts';
import type { RunningS3 } from './s3/running-s3.ts';
import { ServiceError } from './service-error.ts';
import { keepTrackOf } from './started-children.ts';

export type RunningCeph = Omit<RunningS3, 'kind'>;

/** In Debian's packages ceph-mon, ceph-osd, radosgw and ceph-common. */
const PROGRAMS = ['ceph-mon', 'ceph-osd', 'radosgw', 'ceph', 'ceph-authtool', 'monmaptool', 'radosgw-admin'];
export const CEPH_PACKAGES = 'ceph-mon ceph-osd radosgw ceph-common';

/** A start takes two seconds on an idle machine. */
const STEP_TIMEOUT_MS = 30_000;
const START_TIMEOUT_MS = 60_000;
const LOOK_EVERY_MS = 50;
/** Another program may take a free port before the daemon does. */
const STARTS_MAX = 3;
const ACCESS_KEY_ID = 'OUTPAINTTEST';

/** The programs that are missing; empty where a gateway can be started. */
export const cephMissing = async (env: Environment): Promise<string[]> => {
  const found = await Promise.all(PROGRAMS.map((name) => findProgram([name], env)));
  return PROGRAMS.filter((_name, index) => found[index] === null);
};

/** Listens on 127.0.0.1, holds everything in memory. Throws `ceph_not_started` or `program_failed`. */
export const startCephRadosgw = async (env: Environment): Promise<RunningCeph> => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startOnce(env);
    } catch (error) {
      if (attempt >= STARTS_MAX) throw error;
    }
  }
};

const startOnce = async (env: Environment): Promise<RunningCeph> => {
  const dir = await mkdtemp(join(tmpdir(), 'outpaint-ceph-'));
  const places = { dir, fsid: randomUUID(), monitorPort: await freePort(), gatewayPort: await freePort() };
  const configuration = join(dir, 'ceph.conf');
  // Nothing of the machine's own Ceph: no CEPH_CONF, no CEPH_ARGS.
  const surroundings = { PATH: searchPathOf(env), LC_ALL: 'C', HOME: dir };
  const children: ChildProcess[] = [];

  const run = (program: string, ...args: string[]) =>
    runProgram(program, args, { env: surroundings, timeoutMs: STEP_TIMEOUT_MS, cwd: dir });
  /** In the foreground, so that it is a child of ours and dies with us. */
  const launch = (program: string, ...args: string[]) => {
    const child = spawn(program, ['-f', '-c', configuration, ...args], {
      env: surroundings,
      cwd: dir,
      stdio: 'ignore',
    });
    // A daemon that does not even start is found out by the deadline.
    child.on('error', () => undefined);
    keepTrackOf(child, dir);
    children.push(child);
  };
  const stop = async () => {
    await Promise.all(children.splice(0).reverse().map(end));
    await rm(dir, { recursive: true, force: true, maxRetries: 3 });
  };

  try {
    await writeFile(configuration, cephConfiguration(places));
    await Promise.all(['mon', 'osd'].map((name) => mkdir(join(dir, name))));
    const keyring = join(dir, 'keyring');
    await writeFile(keyring, '', { mode: 0o600 });
    for (const { name, may } of CEPH_KEYS) await run('ceph-authtool', keyring, '--gen-key', '-n', name, ...may);
    const map = join(dir, 'monmap');
    const monitor = monitorAddress(places.monitorPort);
    await run('monmaptool', '--create', '--clobber', '--fsid', places.fsid, '--addv', 'a', monitor, map);
    await run('ceph-mon', '-i', 'a', '--mkfs', '--monmap', map, '--keyring', keyring, '-c', configuration);
    launch('ceph-mon', '-i', 'a');
    const ceph = (...args: string[]) => run('ceph', '-c', configuration, '--connect-timeout', '20', ...args);
    await ceph('osd', 'create');
    await ceph('osd', 'crush', 'add', 'osd.0', '1.0', 'root=default', 'host=local');
    await run('ceph-osd', '-i', '0', '--mkfs', '-c', configuration);
    launch('ceph-osd', '-i', '0');
    const secretAccessKey = randomBytes(20).toString('hex');
    const keys = ['--access-key', ACCESS_KEY_ID, '--secret-key', secretAccessKey];
    await run('radosgw-admin', '-c', configuration, 'user', 'create', '--uid=test', '--display-name=test', ...keys);
    launch('radosgw', '-n', 'client.rgw');
    const endpoint = `http://127.0.0.1:${places.gatewayPort}`;
    await untilAnswered(endpoint, children);
    const version = /\d+\.\d+\.\d+/.exec(await run('radosgw', '--version'))?.[0] ?? 'of unknown version';
    return {
      endpoint,
      region: 'us-east-1',
      accessKeyId: ACCESS_KEY_ID,
      secretAccessKey,
      detail: `Ceph radosgw ${version}, one node in memory`,
      traits: { conditionalPut: true, verifiesSignatures: true },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
};

const hasEnded = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;

const untilAnswered = async (endpoint: string, children: readonly ChildProcess[]): Promise<void> => {
  const deadline = performance.now() + START_TIMEOUT_MS;
  while (performance.now() < deadline && !children.some(hasEnded)) {
    const answered = await fetch(endpoint, { signal: AbortSignal.timeout(2_000) }).then(
      async (answer) => {
        await answer.body?.cancel();
        return answer.ok;
      },
      () => false,
    );
    // A stranger on our port would answer as well, so the gateway must be alive after the answer too.
    if (answered && !children.some(hasEnded)) return;
    await pause(LOOK_EVERY_MS);
  }
  const ended = children.filter(hasEnded).map((child) => child.spawnfile);
  const why = ended.length > 0 ? `${ended.join(', ')} ended` : `no answer within ${START_TIMEOUT_MS} ms`;
  throw new ServiceError('ceph_not_started', `The Ceph gateway did not start: ${why}`);
};

/** At once, since there is nothing to save: the data was in memory. */
const end = async (child: ChildProcess): Promise<void> => {
  if (hasEnded(child) || child.pid === undefined) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
};
