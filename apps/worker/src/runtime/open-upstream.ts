// The API's client as this worker uses it: paced by what all workers ask, and slowed by what the API refuses.
import type { Clock } from '@outpaint/shared/lifecycle/clock';
import type { RedisConnection } from '@outpaint/shared/queue/connections';
import type { Keys } from '@outpaint/shared/record/keys';
import type { Logger } from '@outpaint/shared/telemetry/logger';
import { createUpstream, type Upstream } from '@outpaint/shared/upstream/create-upstream';
import { createQueryPace, slowingUpstream } from './query-pace.ts';
import { upstreamOf, type WorkerSettings } from './worker-settings.ts';

export const openUpstream = (o: {
  readonly settings: WorkerSettings;
  readonly redis: RedisConnection;
  readonly keys: Keys;
  readonly clock: Clock;
  readonly log: Logger;
}): Upstream => {
  const { queryRatePerSecond: perSecond, throttleRecoveryMs: climbMs } = o.settings.upstream;
  const pace = createQueryPace(o.redis, o.keys, perSecond, o.clock);
  return slowingUpstream(createUpstream(upstreamOf(o.settings), { clock: o.clock, pace }), {
    ...o,
    perSecond,
    climbMs,
  });
};
