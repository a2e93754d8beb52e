// The desk's own index of dead-lettered rows, by time, by code and by batch: the queue itself is never scanned.
import type { Redis } from 'ioredis';
import type { BatchName, ExpansionId } from '../contract/ids.ts';
import type { Keys } from './keys.ts';
import { readScorePage, type ScoredPage, type ScorePlace, type ScoreRange } from './score-page.ts';

/** Rows that died between two times, of one code, of one batch, or of both. */
export type DeadScope = ScoreRange & {
  readonly code?: string | undefined;
  readonly batch?: string | undefined;
};

export interface DeadIndex {
  /** Newest first, from a place on. */
  page(o: DeadScope & { after: ScorePlace | null; limit: number }): Promise<ScoredPage<ExpansionId>>;
  /** Costs the same however many there are. */
  count(scope: DeadScope): Promise<number>;
  /** How many of each code. */
  codes(): Promise<Record<string, number>>;
  /** What each row died of; null where it is not dead (any more). */
  codesOf(ids: readonly ExpansionId[]): Promise<(string | null)[]>;
}

export const createDeadIndex = (redis: Redis, keys: Keys): DeadIndex => {
  const keyOf = ({ code, batch }: DeadScope): string => {
    if (batch !== undefined && code !== undefined) return keys.deadInBatch(batch as BatchName, code);
    if (batch !== undefined) return keys.ended(batch as BatchName, 'dead_lettered');
    return code === undefined ? keys.dead : keys.deadOfCode(code);
  };
  return {
    page: ({ after, limit, ...scope }) => readScorePage(redis, keyOf(scope), after, limit, scope),
    count: (scope) => redis.zcount(keyOf(scope), scope.since ?? '-inf', scope.until ?? '+inf'),
    codes: async () =>
      Object.fromEntries(Object.entries(await redis.hgetall(keys.deadCodes)).map(([code, n]) => [code, Number(n)])),
    codesOf: async (ids) => {
      const pipeline = redis.pipeline();
      for (const id of ids) pipeline.hget(keys.record(id), 'dead_code');
      return ((await pipeline.exec()) ?? []).map(([error, code]) => {
        if (error) throw error;
        return code as string | null;
      });
    },
  };
};
