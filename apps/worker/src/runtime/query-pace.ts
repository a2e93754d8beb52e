// The account's query pace: one place in time for each get, list and cancel, shared by all workers through Redis.
import type { Clock } from '@outpaint/shared/lifecycle/clock';
import type { RedisConnection } from '@outpaint/shared/queue/connections';
import type { Keys } from '@outpaint/shared/record/keys';
import { slowQueries, takeQueryPlace } from '@outpaint/shared/record/query-pace';
import type { Logger } from '@outpaint/shared/telemetry/logger';
import type { Upstream } from '@outpaint/shared/upstream/create-upstream';
import type { UpstreamFailure } from '@outpaint/shared/upstream/failure';

/** Resolves when the caller's place has come; rejects only when Redis does. An aborted wait ends at once. */
export const createQueryPace =
  (redis: RedisConnection, keys: Keys, perSecond: number, clock: Clock) =>
  async (signal: AbortSignal): Promise<void> => {
    const waitMs = await takeQueryPlace(redis, keys, perSecond);
    if (waitMs > 0) await clock.wait(waitMs, signal);
  };

export interface QuerySlowing {
  readonly redis: RedisConnection;
  readonly keys: Keys;
  readonly perSecond: number;
  readonly climbMs: number;
  readonly clock: Clock;
  readonly log: Logger;
}

/** As `upstream`, but a query that is refused for coming too soon slows the pace of all workers' queries. */
export const slowingUpstream = (upstream: Upstream, o: QuerySlowing): Upstream => {
  const slowed = async <A extends { readonly kind: string; readonly failure?: UpstreamFailure }>(
    ask: () => Promise<A>,
  ): Promise<A> => {
    const askedAt = o.clock.now();
    const answer = await ask();
    const { failure } = answer;
    if (failure?.class !== 'throttled') return answer;
    const { perSecond, climbMs } = o;
    const throttle = { askedAt, perSecond, climbMs, code: failure.code, holdMs: failure.retryAfterMs ?? 0 };
    try {
      if (await slowQueries(o.redis, o.keys, throttle)) o.log.warn({ code: failure.code }, 'query pace slowed');
    } catch {
      // The answer is worth more than the pace; the next refusal tries again.
    }
    return answer;
  };
  return {
    ...upstream,
    query: (taskId, options) => slowed(() => upstream.query(taskId, options)),
    list: (options) => slowed(() => upstream.list(options)),
    cancel: (taskId, options) => slowed(() => upstream.cancel(taskId, options)),
  };
};
