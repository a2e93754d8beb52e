// What is done for batches as a whole, in the background of every worker: withdrawing the cancelled ones, sealing the idle ones, writing reports, forgetting.
import type { BatchStore } from '@outpaint/shared/batch/batch-store';
import { createCancelStore } from '@outpaint/shared/batch/cancel-store';
import { createReportStore } from '@outpaint/shared/batch/report-store';
import { createRetentionStore } from '@outpaint/shared/batch/retention-store';
import type { Clock } from '@outpaint/shared/lifecycle/clock';
import type { RedisConnection } from '@outpaint/shared/queue/connections';
import type { Keys } from '@outpaint/shared/record/keys';
import type { RecordStore } from '@outpaint/shared/record/record-store';
import type { ImageStore } from '@outpaint/shared/storage/image-store';
import { createObjectReader } from '@outpaint/shared/storage/object-reader';
import { createObjectWriter } from '@outpaint/shared/storage/object-writer';
import type { Logger } from '@outpaint/shared/telemetry/logger';
import type { Upstream } from '@outpaint/shared/upstream/create-upstream';
import { startCanceller } from '../cancel/canceller.ts';
import { startReporter } from '../report/reporter.ts';
import { startRetainer } from '../retention/retainer.ts';
import { startSealer } from '../seal/sealer.ts';
import { storeOf, type WorkerSettings } from './worker-settings.ts';

export interface BatchLoopsDeps {
  readonly settings: WorkerSettings;
  readonly redis: RedisConnection;
  readonly keys: Keys;
  readonly batches: BatchStore;
  readonly records: RecordStore;
  readonly store: ImageStore;
  readonly upstream: Upstream;
  readonly clock: Clock;
  /** A name for one call, or for this worker, never the same twice. */
  readonly newCaller: () => string;
  readonly log: Logger;
  readonly onMoved: () => void;
}

export const startBatchLoops = (deps: BatchLoopsDeps): { stop(): Promise<void> } => {
  const { settings, redis, keys } = deps;
  const canceller = startCanceller({
    ...deps,
    cancels: createCancelStore(redis, keys),
    everyMs: settings.worker.feedEveryMs,
    holder: deps.newCaller(),
  });
  const retentionMs = settings.worker.retentionRowsMs;
  const retainer = startRetainer({
    ...deps,
    retention: createRetentionStore(redis, keys),
    retentionMs,
    everyMs: settings.worker.sweepEveryMs,
  });
  const idleMs = settings.worker.batchIdleMs;
  const sealer = startSealer({ ...deps, idleMs, everyMs: settings.worker.sweepEveryMs });
  const objects = createObjectReader(storeOf(settings));
  const writer = createObjectWriter(storeOf(settings));
  const reporter = startReporter({
    ...deps,
    reports: createReportStore(redis, keys),
    writer,
    previous: (key) => objects.open(deps.store.location(key)),
    retentionMs,
    priceMicro: Number(settings.price.pricePerImage),
    now: () => deps.clock.now(),
    everyMs: settings.worker.sweepEveryMs,
  });
  return {
    stop: async () => {
      await Promise.all([canceller.stop(), reporter.stop(), retainer.stop(), sealer.stop()]);
      objects.close();
      writer.close();
    },
  };
};
