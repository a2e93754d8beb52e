// How long the oldest paid picture has been waiting to be put into the bucket.
import type { Redis } from 'ioredis';
import type { Keys } from '../record/keys.ts';

/** Ms by Redis' own clock, which also wrote the times; 0 where nothing waits. */
export const undeliveredAgeMs = async (redis: Redis, keys: Keys): Promise<number> => {
  const replies = (await redis.pipeline().zrange(keys.undelivered, '0', '0', 'WITHSCORES').time().exec()) ?? [];
  for (const [error] of replies) if (error) throw error;
  const [, since] = (replies[0]?.[1] ?? []) as string[];
  const [seconds, micros] = (replies[1]?.[1] ?? [0, 0]) as [string, string];
  if (since === undefined) return 0;
  return Math.max(0, Number(seconds) * 1_000 + Math.floor(Number(micros) / 1_000) - Number(since));
};
