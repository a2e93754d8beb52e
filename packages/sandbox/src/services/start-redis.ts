// A Redis for development: the first of several ways that serves on this machine.
import type { Environment } from './environment.ts';
import { containerRedis } from './redis/container-redis.ts';
import { debianBinary } from './redis/debian-binary.ts';
import { debianRedis } from './redis/debian-redis.ts';
import { externalRedis } from './redis/external-redis.ts';
import { inProcessRedis } from './redis/in-process-redis.ts';
import { installedBinary, installedRedis, type RedisBinary } from './redis/installed-redis.ts';
import type { RedisKind, RedisWish, RunningRedis } from './redis/running-redis.ts';
import { reasonOf, ServiceError } from './service-error.ts';

export interface StartRedisOptions {
  /** `demo` may fall back on a server that keeps nothing; `test` would rather fail. */
  mode: 'test' | 'demo';
  /** Where what was fetched is kept between runs: `<repository>/.cache`. */
  cacheDir: string;
  /** For REDIS_URL and PATH; nothing is read from `process.env`. */
  env?: Environment;
  /** Where the data of a spawned server is kept; temporary unless given. */
  dir?: string;
  log?: (line: string) => void;
}

type Way = (wish: RedisWish) => Promise<RunningRedis | null>;

/** In the order in which they are tried: what was asked for, what is there, what can be fetched, what is better than nothing. */
const WAYS: readonly (readonly [RedisKind, Way])[] = [
  ['external', externalRedis],
  ['installed', installedRedis],
  ['container', containerRedis],
  ['debian-package', debianRedis],
  ['in-process', inProcessRedis],
];

const REMEDIES = [
  'apt-get install redis-server (Debian, Ubuntu)',
  'brew install valkey (macOS)',
  'docker compose up -d redis, with REDIS_URL=redis://127.0.0.1:6379',
].join('; ');

const wishOf = (options: Omit<StartRedisOptions, 'mode'>): RedisWish => ({
  env: options.env ?? {},
  cacheDir: options.cacheDir,
  log: options.log ?? (() => {}),
  ...(options.dir === undefined ? {} : { dir: options.dir }),
});

/** Throws `redis_not_available`, naming what was tried and the remedies. Everything but REDIS_URL listens on loopback. */
export const startRedis = async (options: StartRedisOptions): Promise<RunningRedis> => {
  const wish = wishOf(options);
  const failures: string[] = [];
  for (const [kind, way] of WAYS) {
    if (kind === 'in-process' && options.mode !== 'demo') continue;
    try {
      const service = await way(wish);
      if (service !== null) return service;
    } catch (error) {
      failures.push(`${kind}: ${reasonOf(error)}`);
      wish.log(`Redis by ${kind} did not work: ${reasonOf(error)}`);
    }
  }
  const tried = failures.length === 0 ? '' : ` Tried: ${failures.join('; ')}.`;
  throw new ServiceError('redis_not_available', `No Redis here.${tried} Do one of: ${REMEDIES}`);
};

/** A server program that can be spawned here, installed or fetched; null when there is neither. For `spawnRedis`. */
export const findRedisBinary = async (
  options: Omit<StartRedisOptions, 'mode' | 'dir'>,
): Promise<RedisBinary | null> => {
  const wish = wishOf(options);
  return (await installedBinary(wish)) ?? (await debianBinary(wish));
};
