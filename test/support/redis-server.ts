// A Redis server of a test's own, to be killed and started again.
import { resolve } from 'node:path';
import { type SpawnedRedis, spawnRedis } from '@outpaint/sandbox/services/spawn-redis';
import { findRedisBinary } from '@outpaint/sandbox/services/start-redis';
import { onTestFinished } from 'vitest';

const CACHE_DIR = resolve(import.meta.dirname, '../../.cache');

/**
 * Call it inside a test: it is stopped, and its data removed, when the test has finished. AOF `always`, `noeviction`.
 * Throws where no server program can be had: a Redis behind a URL or in a container is not ours to kill.
 */
export const dedicatedRedis = async (): Promise<SpawnedRedis> => {
  const found = await findRedisBinary({ cacheDir: CACHE_DIR, env: process.env });
  if (found === null) throw new Error('No redis-server or valkey-server here to start and kill: install one of them');
  const { binary, libraryPath } = found;
  const server = await spawnRedis({ binary, ...(libraryPath === undefined ? {} : { libraryPath }) });
  onTestFinished(() => server.stop());
  return server;
};
