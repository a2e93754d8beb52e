// The account's query pace: one place in time for each get, list and cancel, shared by all workers through Redis.
import type { Clock } from '@outpaint/shared/lifecycle/clock';
import type { RedisConnection } from '@outpaint/shared/queue/connections';
import type { Keys } from '@outpaint/shared/record/keys';
import { takeQueryPlace } from '@outpaint/shared/record/query-pace';

/** Resolves when the caller's place has come; rejects only when Redis does. An aborted wait ends at once. */
export const createQueryPace =
  (redis: RedisConnection, keys: Keys, perSecond: number, clock: Clock) =>
  async (signal: AbortSignal): Promise<void> => {
    const waitMs = await takeQueryPlace(redis, keys, perSecond);
    if (waitMs > 0) await clock.wait(waitMs, signal);
  };
