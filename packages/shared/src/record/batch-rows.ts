// The rows of one batch by status: those that have ended from a list of their own, the others from where they wait.
import type { Redis } from 'ioredis';
import type { BatchName, ExpansionId } from '../contract/ids.ts';
import type { Status } from '../lifecycle/status.ts';
import type { Keys } from './keys.ts';
import { readScorePage, type ScoredPage, type ScorePlace } from './score-page.ts';

export interface BatchRows {
  /**
   * Newest first; waiting rows in their order, by position. A page may hold ids of another status or batch: what stands
   * on a list may move on before it is read, so the caller looks at the records.
   */
  page(batch: BatchName, status: Status, after: ScorePlace | null, limit: number): Promise<ScoredPage<ExpansionId>>;
  /** Those that died of one code, newest first. */
  pageOfCode(batch: BatchName, code: string, after: ScorePlace | null, limit: number): Promise<ScoredPage<ExpansionId>>;
}

/** At most so many rows are at work at once in all batches together that looking through them is cheap. */
const AT_WORK_MAX = 2_000;

export const createBatchRows = (redis: Redis, keys: Keys): BatchRows => {
  /** By position: a backlog has no times. What is fed or waits for a retry stands before it, on the first page only. */
  const waiting = async (
    batch: BatchName,
    after: ScorePlace | null,
    limit: number,
  ): Promise<ScoredPage<ExpansionId>> => {
    const from = after?.skip ?? 0;
    const ids = (await redis.lrange(keys.backlog(batch), from, from + limit)) as ExpansionId[];
    const shown = ids.slice(0, limit);
    const more = ids.length > limit;
    if (after !== null) return { ids: shown, scores: shown.map(() => 0), more };
    const [fed, due] = await Promise.all([
      redis.smembers(keys.fed),
      redis.zrange(keys.due, '0', String(AT_WORK_MAX - 1)),
    ]);
    return { ids: [...([...fed, ...due] as ExpansionId[]), ...shown], scores: shown.map(() => 0), more };
  };
  const working = async (key: string): Promise<ScoredPage<ExpansionId>> => {
    const ids = (await redis.zrevrange(key, 0, AT_WORK_MAX - 1)) as ExpansionId[];
    return { ids, scores: ids.map(() => 0), more: false };
  };
  return {
    page: (batch, status, after, limit) => {
      if (status === 'accepted') return waiting(batch, after, limit);
      if (status === 'submitting' || status === 'submitted') return working(keys.slots);
      if (status === 'generated') return working(keys.undelivered);
      return readScorePage(redis, keys.ended(batch, status), after, limit);
    },
    pageOfCode: (batch, code, after, limit) => readScorePage(redis, keys.deadInBatch(batch, code), after, limit),
  };
};
