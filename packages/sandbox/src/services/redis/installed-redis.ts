// A Valkey or Redis that is installed on this machine, started as a process of our own.
import { programEnvironment } from '../environment.ts';
import { findProgram } from '../find-program.ts';
import { runProgram } from '../run-program.ts';
import { reasonOf } from '../service-error.ts';
import { spawnRedis } from '../spawn-redis.ts';
import type { RedisWish, RunningRedis } from './running-redis.ts';

/** A server that can be spawned, and how it introduces itself. */
export interface RedisBinary {
  binary: string;
  libraryPath?: string;
  version: string;
}

const VERSION_TIMEOUT_MS = 5_000;

/** What `--version` says, such as `Redis server v=7.0.15`; throws when the program does not even run. */
export const versionOf = async (binary: string, libraryPath?: string): Promise<string> => {
  const env = libraryPath === undefined ? {} : { LD_LIBRARY_PATH: libraryPath };
  const said = await runProgram(binary, ['--version'], { env, timeoutMs: VERSION_TIMEOUT_MS });
  return said.trim().split(' sha=')[0] ?? '';
};

/** The server on the search path, or null when there is none or it does not run. */
export const installedBinary = async ({ env, log }: Pick<RedisWish, 'env' | 'log'>): Promise<RedisBinary | null> => {
  const binary = await findProgram(['valkey-server', 'redis-server'], programEnvironment(env));
  if (binary === null) return null;
  try {
    return { binary, version: await versionOf(binary) };
  } catch (error) {
    log(`${binary} is there but does not run: ${reasonOf(error)}`);
    return null;
  }
};

export const installedRedis = async (wish: RedisWish): Promise<RunningRedis | null> => {
  const found = await installedBinary(wish);
  if (found === null) return null;
  const server = await spawnRedis({ binary: found.binary, ...(wish.dir === undefined ? {} : { dir: wish.dir }) });
  return {
    url: server.url,
    kind: 'installed',
    detail: `${found.version}, ${found.binary}`,
    ...(server.pid === undefined ? {} : { pid: server.pid }),
    server,
    stop: server.stop,
  };
};
