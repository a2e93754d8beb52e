// What is true of the whole installation, read from Redis for one scrape: rows, money, slots, line, dead letters.
import type { BatchStore, LineState } from '@outpaint/shared/batch/batch-store';
import { type AllCounts, countAll } from '@outpaint/shared/batch/count-all';
import { undeliveredAgeMs } from '@outpaint/shared/batch/undelivered-age';
import { knownRow } from '@outpaint/shared/errors/classify';
import type { RedisConnection } from '@outpaint/shared/queue/connections';
import { createDeadIndex } from '@outpaint/shared/record/dead-index';
import type { Keys } from '@outpaint/shared/record/keys';

export interface SharedState {
  readonly counts: AllCounts;
  readonly line: LineState;
  readonly oldestUndeliveredMs: number;
  /** By code; codes that are in no table are added up as `other`, so that upstream cannot invent series. */
  readonly dead: Readonly<Record<string, number>>;
  /** Tasks that are probably one too many, and not looked at by a person yet. */
  readonly suspects: number;
  /** Letters of malformed intake jobs. */
  readonly refusedIntake: number;
}

const boundedCodes = (codes: Readonly<Record<string, number>>): Record<string, number> => {
  const bounded: Record<string, number> = {};
  for (const [code, count] of Object.entries(codes)) {
    const name = knownRow(code) === null ? 'other' : code;
    bounded[name] = (bounded[name] ?? 0) + count;
  }
  return bounded;
};

/** A few round trips, and one more for each 100 batches. */
export const createSharedStateReader = (
  redis: RedisConnection,
  keys: Keys,
  batches: Pick<BatchStore, 'line'>,
): (() => Promise<SharedState>) => {
  const dead = createDeadIndex(redis, keys);
  return async () => {
    const [counts, line, oldestUndeliveredMs, codes, refusedIntake, suspects] = await Promise.all([
      countAll(redis, keys),
      batches.line(),
      undeliveredAgeMs(redis, keys),
      dead.codes(),
      redis.zcard(keys.deadIntake),
      redis.hlen(keys.suspects),
    ]);
    return { counts, line, oldestUndeliveredMs, dead: boundedCodes(codes), refusedIntake, suspects };
  };
};
