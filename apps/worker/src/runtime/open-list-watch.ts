// The list watch with what it needs of Redis and upstream; none where this worker polls nothing or the settings say no.
import type { PollBounds } from '@outpaint/shared/lifecycle/backoff';
import type { Clock } from '@outpaint/shared/lifecycle/clock';
import type { RedisConnection } from '@outpaint/shared/queue/connections';
import type { TokenQueues } from '@outpaint/shared/queue/token-queues';
import { readInFlight } from '@outpaint/shared/record/in-flight';
import type { Keys } from '@outpaint/shared/record/keys';
import { endLease, takeLease } from '@outpaint/shared/record/lease';
import type { Logger } from '@outpaint/shared/telemetry/logger';
import type { Upstream } from '@outpaint/shared/upstream/create-upstream';
import { type ListWatch, startListWatch } from '../poll/list-watch.ts';
import { createAtWorkReader } from '../poll/read-at-work.ts';
import type { LookPlans } from './look-plans.ts';
import type { WorkerSettings } from './worker-settings.ts';

/** Of the account's queries, so that looks at what has ended never wait behind the list. */
const QUERY_SHARE = 0.5;

export const openListWatch = (
  polls: boolean,
  o: {
    readonly redis: RedisConnection;
    readonly keys: Keys;
    readonly queues: TokenQueues;
    readonly upstream: Upstream;
    readonly looks: Pick<LookPlans, 'meanMs' | 'shortestMs'>;
    readonly settings: Pick<WorkerSettings, 'poll' | 'upstream'>;
    readonly bounds: PollBounds;
    /** Names this worker to the others. */
    readonly holder: string;
    readonly clock: Clock;
    readonly log: Logger;
  },
): ListWatch | null => {
  if (!polls || !o.settings.poll.listWatch) return null;
  const { redis, keys, holder } = o;
  return startListWatch({
    ...o,
    ...o.looks,
    pagesPerSecond: QUERY_SHARE * o.settings.upstream.queryRatePerSecond,
    inFlight: () => readInFlight(redis, keys),
    readAtWork: createAtWorkReader(o.upstream),
    lease: {
      take: (ms) => takeLease(redis, keys.listWatcher, holder, ms),
      end: () => endLease(redis, keys.listWatcher, holder),
    },
  });
};
