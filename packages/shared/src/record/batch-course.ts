// How a batch went: how many of its rows ended in each stretch of time, counted from its lists of ended rows.
import type { Redis } from 'ioredis';
import type { BatchName } from '../contract/ids.ts';
import type { Keys } from './keys.ts';

export interface CourseStretch {
  readonly delivered: number;
  readonly deadLettered: number;
}

/** More would be finer than a screen shows. */
export const STRETCHES_MAX = 120;

/**
 * Stretches of `stepMs` from `from` on, the last one up to `until`; rows that were forgotten, or taken back to work since,
 * are not counted. Each costs two counts by score, whatever the size of the batch.
 */
export const readBatchCourse = async (
  redis: Redis,
  keys: Keys,
  batch: BatchName,
  o: { readonly from: number; readonly until: number; readonly stepMs: number },
): Promise<CourseStretch[]> => {
  const count = Math.min(STRETCHES_MAX, Math.max(1, Math.ceil((o.until - o.from) / o.stepMs)));
  const pipeline = redis.pipeline();
  for (let i = 0; i < count; i += 1) {
    const begin = o.from + i * o.stepMs;
    const end = `(${begin + o.stepMs}`;
    pipeline.zcount(keys.ended(batch, 'delivered'), begin, end);
    pipeline.zcount(keys.ended(batch, 'dead_lettered'), begin, end);
  }
  const counts = ((await pipeline.exec()) ?? []).map(([error, value]) => {
    if (error) throw error;
    return Number(value);
  });
  return Array.from({ length: count }, (_, i) => ({
    delivered: counts[2 * i] ?? 0,
    deadLettered: counts[2 * i + 1] ?? 0,
  }));
};
