// Gives the watch for a Redis that has gone back what it needs of this worker.
import type { Policy } from '@outpaint/shared/lifecycle/policy';
import type { RedisConnection } from '@outpaint/shared/queue/connections';
import { createHighWater } from '@outpaint/shared/record/high-water';
import type { Keys } from '@outpaint/shared/record/keys';
import type { ImageStore } from '@outpaint/shared/storage/image-store';
import { type BackWatch, type BackWatchDeps, startBackWatch } from '../went-back/back-watch.ts';
import { createBucketMark } from '../went-back/bucket-mark.ts';
import type { WorkerSettings } from './worker-settings.ts';

type Given = 'records' | 'queues' | 'newCaller' | 'memory' | 'upstream' | 'clock' | 'onPutRight' | 'log';

export const openBackWatch = (
  o: Pick<BackWatchDeps, Given> & {
    readonly settings: WorkerSettings;
    readonly policy: Policy;
    readonly redis: RedisConnection;
    readonly keys: Keys;
    readonly store: Pick<ImageStore, 'readNote' | 'writeNote'>;
  },
): BackWatch =>
  startBackWatch({
    ...o,
    watchMs: o.policy.poll.delayMsMin + o.policy.rescueMarginMs,
    priceMicro: Number(o.settings.price.pricePerImage),
    highWater: createHighWater(o.redis, o.keys),
    bucketMark: createBucketMark(o.store, o.settings.redis.outpaintNamespace),
    settleMs: o.settings.upstream.doubtSettleMs,
    everyMs: o.settings.worker.sweepEveryMs,
  });
