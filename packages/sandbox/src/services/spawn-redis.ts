// A Redis server process of our own, as durable as the paid work needs, that can be killed and started again.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from './free-port.ts';
import { redisPing } from './redis/redis-ping.ts';
import { ServiceError } from './service-error.ts';
import { keepTrackOf } from './started-children.ts';

export interface SpawnRedisOptions {
  /** valkey-server or redis-server. */
  binary: string;
  /** Folders of shared libraries for a server that was unpacked and not installed, joined by colons. */
  libraryPath?: string;
  /** A free one unless given. */
  port?: number;
  /** Where the data is kept; a temporary folder that `stop` removes, unless given. */
  dir?: string;
}

export interface SpawnedRedis {
  readonly url: string;
  readonly port: number;
  readonly dir: string;
  /** Undefined while it is down. */
  readonly pid: number | undefined;
  /** Starts it again on the same port and data, with more options of the server's own. Does nothing while it runs. */
  start(more?: readonly string[]): Promise<void>;
  /** Resolves when the process is gone; the data stays. Does nothing while it is down. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Kill, then start. */
  restart(signal?: NodeJS.Signals): Promise<void>;
  /** Ends it for good and removes its temporary folder. Safe to repeat. */
  stop(): Promise<void>;
}

/** Loading a test's data takes milliseconds; this is for a machine that is busy with other things. */
const START_TIMEOUT_MS = 15_000;
const PING_EVERY_MS = 10;
const STOP_TIMEOUT_MS = 5_000;
/** Another program may take the free port before the server does. */
const PORTS_TRIED_MAX = 5;
const OUTPUT_CHARS_KEPT = 4_000;

const argumentsFor = (port: number, dir: string): string[] =>
  [
    ['--bind', '127.0.0.1', '--port', String(port), '--dir', dir, '--daemonize', 'no'],
    // Every answered write is on disk: a lost record of a paid task is a lost picture.
    ['--appendonly', 'yes', '--appendfsync', 'always', '--save', ''],
    // A Redis that evicts forgets jobs and records without an error.
    ['--maxmemory-policy', 'noeviction'],
  ].flat();

const launch = async (
  options: SpawnRedisOptions,
  port: number,
  dir: string,
  more: readonly string[] = [],
): Promise<ChildProcess> => {
  const child = spawn(options.binary, [...argumentsFor(port, dir), ...more], {
    env: options.libraryPath === undefined ? {} : { LD_LIBRARY_PATH: options.libraryPath },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  const keep = (text: Buffer) => {
    said = (said + text.toString('utf8')).slice(-OUTPUT_CHARS_KEPT);
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  keepTrackOf(child, options.dir === undefined ? dir : null);
  let failure: Error | undefined;
  child.once('error', (error) => {
    failure = error;
  });
  const deadline = performance.now() + START_TIMEOUT_MS;
  while (failure === undefined && child.exitCode === null && child.signalCode === null) {
    // A stranger on our port would answer as well, so the child must be alive after the answer too.
    if ((await redisPing(port, 1_000)) && child.exitCode === null) return child;
    if (performance.now() > deadline) break;
    await pause(PING_EVERY_MS);
  }
  child.kill('SIGKILL');
  throw new ServiceError('redis_not_started', `${options.binary} did not start on port ${port}: ${said.slice(-600)}`, {
    cause: failure,
  });
};

/** Throws `redis_not_started` with the end of the server's own log. Listens on 127.0.0.1 only. */
export const spawnRedis = async (options: SpawnRedisOptions): Promise<SpawnedRedis> => {
  const dir = options.dir ?? (await mkdtemp(join(tmpdir(), 'outpaint-redis-')));
  await mkdir(dir, { recursive: true });
  const ownsDir = options.dir === undefined;

  const launchSomewhere = async (): Promise<[ChildProcess, number]> => {
    for (let attempt = 1; ; attempt += 1) {
      const port = options.port ?? (await freePort());
      try {
        return [await launch(options, port, dir), port];
      } catch (error) {
        if (options.port !== undefined || attempt >= PORTS_TRIED_MAX) throw error;
      }
    }
  };

  const removeDir = () => (ownsDir ? rm(dir, { recursive: true, force: true }) : Promise.resolve());
  const [first, port] = await launchSomewhere().catch(async (error: unknown) => {
    await removeDir();
    throw error;
  });
  let child: ChildProcess | undefined = first;

  const kill = async (signal: NodeJS.Signals = 'SIGKILL') => {
    const dying = child;
    child = undefined;
    if (dying === undefined || dying.exitCode !== null || dying.signalCode !== null) return;
    const gone = once(dying, 'exit');
    dying.kill(signal);
    const timer = setTimeout(() => dying.kill('SIGKILL'), STOP_TIMEOUT_MS);
    await gone;
    clearTimeout(timer);
  };
  const start = async (more: readonly string[] = []) => {
    if (child !== undefined && child.exitCode === null && child.signalCode === null) return;
    child = await launch(options, port, dir, more);
  };

  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    dir,
    get pid() {
      return child?.pid;
    },
    start,
    kill,
    restart: async (signal) => {
      await kill(signal);
      await start();
    },
    stop: async () => {
      await kill('SIGTERM');
      await removeDir();
    },
  };
};
