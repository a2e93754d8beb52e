// Fetches the distribution's server package with apt and unpacks it; found again on the next run.
import { glob, mkdir, readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { programEnvironment } from '../environment.ts';
import { withFileLock } from '../file-lock.ts';
import { findProgram } from '../find-program.ts';
import { runProgram } from '../run-program.ts';
import { ServiceError } from '../service-error.ts';
import { writeAptConfiguration } from './apt-configuration.ts';
import { type RedisBinary, versionOf } from './installed-redis.ts';
import type { RedisWish } from './running-redis.ts';

const UPDATE_TIMEOUT_MS = 120_000;
const DOWNLOAD_TIMEOUT_MS = 120_000;
const UNPACK_TIMEOUT_MS = 30_000;
/** Longer than all the steps together: the other process is then stuck, not slow. */
const LOCK_TIMEOUT_MS = 300_000;

/** Valkey first: it is the one that stayed under the BSD licence. */
const PACKAGES = ['valkey-server', 'redis-server'];

const unpackedBinary = async (root: string): Promise<RedisBinary | null> => {
  const folders = new Set<string>();
  for await (const library of glob('{lib,usr/lib}/**/*.so*', { cwd: root })) folders.add(dirname(join(root, library)));
  const libraryPath = [...folders].sort().join(':');
  for (const name of PACKAGES) {
    const binary = join(root, 'usr/bin', name);
    const version = await versionOf(binary, libraryPath).catch(() => null);
    if (version !== null) return { binary, libraryPath, version };
  }
  return null;
};

const fetchAndUnpack = async (wish: RedisWish, dir: string, root: string): Promise<void> => {
  const configuration = await writeAptConfiguration(dir);
  const env = { ...programEnvironment(wish.env), DEBIAN_FRONTEND: 'noninteractive' };
  const apt = (timeoutMs: number, ...args: string[]) =>
    runProgram('apt-get', ['-c', configuration, '-qq', '-y', ...args], { env, timeoutMs, cwd: dir });

  wish.log(`fetching the distribution's Redis package into ${dir}, once`);
  await apt(UPDATE_TIMEOUT_MS, 'update');
  const known = await runProgram('apt-cache', ['-c', configuration, 'policy', ...PACKAGES], {
    env,
    timeoutMs: UNPACK_TIMEOUT_MS,
  });
  const offered = PACKAGES.find((name) => new RegExp(`^${name}:\\n.*\\n  Candidate: (?!\\(none\\))`, 'm').test(known));
  if (offered === undefined) throw new ServiceError('no_package', `apt offers none of ${PACKAGES.join(', ')}`);
  // Brings what the machine lacks for it, too; nothing is installed.
  await apt(DOWNLOAD_TIMEOUT_MS, '--download-only', 'install', offered);

  const archives = join(dir, 'cache/archives');
  await rm(root, { recursive: true, force: true });
  await mkdir(root, { recursive: true });
  for (const file of (await readdir(archives)).filter((name) => name.endsWith('.deb')).sort()) {
    await runProgram('dpkg-deb', ['-x', join(archives, file), root], { env, timeoutMs: UNPACK_TIMEOUT_MS });
  }
  // The lists are by far the largest part, and stale by the next time.
  for (const folder of ['lists', 'cache', 'state']) await rm(join(dir, folder), { recursive: true, force: true });
};

/**
 * The server under `<cacheDir>/redis`, fetched on the first call (some seconds, about 2 MB). Null where there is no apt.
 * Throws `program_failed` or `no_package` when it cannot be had. Safe to call from several processes at once.
 */
export const debianBinary = async (wish: RedisWish): Promise<RedisBinary | null> => {
  for (const tool of ['apt-get', 'apt-cache', 'dpkg-deb']) {
    if ((await findProgram([tool], wish.env)) === null) return null;
  }
  const dir = join(wish.cacheDir, 'redis');
  const root = join(dir, 'root');
  await mkdir(dir, { recursive: true });
  return withFileLock(join(dir, 'fetching.lock'), LOCK_TIMEOUT_MS, async () => {
    const before = await unpackedBinary(root);
    if (before !== null) return before;
    await fetchAndUnpack(wish, dir, root);
    const fetched = await unpackedBinary(root);
    if (fetched === null) throw new ServiceError('no_package', `the package in ${dir} holds no server that runs here`);
    return fetched;
  });
};
