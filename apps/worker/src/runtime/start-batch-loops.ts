// What is done for batches as a whole, in the background of every worker: withdrawing the cancelled ones.
import { createCancelStore } from '@outpaint/shared/batch/cancel-store';
import type { Clock } from '@outpaint/shared/lifecycle/clock';
import type { RedisConnection } from '@outpaint/shared/queue/connections';
import type { Keys } from '@outpaint/shared/record/keys';
import type { RecordStore } from '@outpaint/shared/record/record-store';
import type { Logger } from '@outpaint/shared/telemetry/logger';
import type { Upstream } from '@outpaint/shared/upstream/create-upstream';
import { startCanceller } from '../cancel/canceller.ts';
import type { WorkerSettings } from './worker-settings.ts';

export interface BatchLoopsDeps {
  readonly settings: WorkerSettings;
  readonly redis: RedisConnection;
  readonly keys: Keys;
  readonly records: RecordStore;
  readonly upstream: Upstream;
  readonly clock: Clock;
  /** A name for one call, or for this worker, never the same twice. */
  readonly newCaller: () => string;
  readonly log: Logger;
  readonly onMoved: () => void;
}

export const startBatchLoops = (deps: BatchLoopsDeps): { stop(): Promise<void> } =>
  startCanceller({
    ...deps,
    cancels: createCancelStore(deps.redis, deps.keys),
    everyMs: deps.settings.worker.feedEveryMs,
    holder: deps.newCaller(),
  });
