// The desk's own index of dead-lettered rows, by time and by code: the queue itself is never scanned.
import type { Redis } from 'ioredis';
import type { ExpansionId } from '../contract/ids.ts';
import type { Keys } from './keys.ts';
import { readScorePage, type ScoredPage, type ScorePlace } from './score-page.ts';

export interface DeadIndex {
  /** Newest first; `code` narrows it. */
  list(o: { code?: string; offset: number; limit: number }): Promise<ExpansionId[]>;
  /** Newest first, from a place on; `code` narrows it. */
  page(o: { code?: string; after: ScorePlace | null; limit: number }): Promise<ScoredPage<ExpansionId>>;
  count(code?: string): Promise<number>;
  /** How many of each code. */
  codes(): Promise<Record<string, number>>;
}

export const createDeadIndex = (redis: Redis, keys: Keys): DeadIndex => {
  const keyOf = (code?: string): string => (code === undefined ? keys.dead : keys.deadOfCode(code));
  return {
    list: async ({ code, offset, limit }) =>
      (await redis.zrevrange(keyOf(code), offset, offset + limit - 1)) as ExpansionId[],
    page: ({ code, after, limit }) => readScorePage(redis, keyOf(code), after, limit),
    count: (code) => redis.zcard(keyOf(code)),
    codes: async () =>
      Object.fromEntries(Object.entries(await redis.hgetall(keys.deadCodes)).map(([code, n]) => [code, Number(n)])),
  };
};
