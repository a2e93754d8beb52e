// The Redis that the caller's environment names.
import type { RedisWish, RunningRedis } from './running-redis.ts';

/** Takes `REDIS_URL` as it is; whether it serves is for the first connection to find out, with its own error. */
export const externalRedis = async ({ env }: RedisWish): Promise<RunningRedis | null> => {
  const url = env.REDIS_URL;
  if (url === undefined || url === '') return null;
  const where = URL.canParse(url) ? new URL(url).host : 'an address that is no URL';
  return { url, kind: 'external', detail: `REDIS_URL (${where})`, stop: async () => {} };
};
