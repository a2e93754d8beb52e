// One BullMQ worker for one stage: the thin shell between a message and a step.
import { isNewerToken, parseToken, type StageToken } from '@outpaint/shared/contract/stage-token';
import type { Stage } from '@outpaint/shared/lifecycle/stage';
import type { StepContext } from '@outpaint/shared/lifecycle/step';
import type { RedisConnection } from '@outpaint/shared/queue/connections';
import { NEWER_WAIT_MS, workerOptions } from '@outpaint/shared/queue/job-options';
import { STAGE_QUEUES } from '@outpaint/shared/queue/names';
import type { Logger } from '@outpaint/shared/telemetry/logger';
import { DelayedError, type Job, Worker } from 'bullmq';
import type { StepEnd } from './run-step.ts';
import { throttledErrorLog } from './throttled-error-log.ts';
import type { StageWatch } from './worker-watch.ts';

export interface StageWorkerOptions {
  readonly stage: Stage;
  readonly concurrency: number;
  /** How long BullMQ leaves a job to a worker that has gone silent. */
  readonly lockMs: number;
  readonly connection: RedisConnection;
  readonly queuePrefix: string;
  readonly draining: AbortSignal;
  readonly lastCall: AbortSignal;
  readonly run: (token: StageToken, context: StepContext) => Promise<StepEnd>;
  readonly watch: StageWatch;
  readonly log: Logger;
}

/** Not a failure: spends no attempt and holds no worker slot while it waits. Never returns. */
const snooze = async (job: Job, lockToken: string | undefined, delayMs: number): Promise<never> => {
  await job.moveToDelayed(Date.now() + delayMs, lockToken);
  throw new DelayedError();
};

/** Fetching begins at once. `close()` takes no new token and resolves when those in hand have ended. */
export const startStageWorker = (o: StageWorkerOptions): Worker => {
  // BullMQ gives a signal only to a processor that names three parameters.
  const run = async (job: Job, lockToken: string | undefined, lockLost: AbortSignal | undefined): Promise<void> => {
    const lost = lockLost ?? new AbortController().signal;
    const context: StepContext = {
      stopping: AbortSignal.any([o.draining, lost]),
      lockLost: lost,
      lastCall: o.lastCall,
    };
    const token = parseToken(job.data);
    if (token === null && isNewerToken(job.data)) return snooze(job, lockToken, NEWER_WAIT_MS);
    if (token === null) {
      o.log.error({ stage: o.stage, job_id: job.id }, 'a job that is no token of ours was dropped');
      return;
    }
    const end = await o.watch.during(() => o.run(token, context));
    if (end.kind === 'snooze') return snooze(job, lockToken, end.delayMs);
  };
  const options = {
    ...workerOptions(o.lockMs),
    connection: o.connection,
    prefix: o.queuePrefix,
    concurrency: o.concurrency,
    drainDelay: o.watch.drainDelay,
    // No `skipVersionCheck`: without the version BullMQ takes Redis for 5.0, rounds its waits up to whole seconds, and
    // every token comes a second late (measured: 1.1 s instead of 0.1 s for a delay of 50 ms).
  };
  const worker = new Worker(STAGE_QUEUES[o.stage], run, options, o.watch.backend);
  worker.on('error', throttledErrorLog(o.log.child({ stage: o.stage })));
  // A step that throws has settled nothing: its record stands in the watch list and the sweeper brings it back.
  worker.on('failed', (job, error) =>
    o.log.error({ stage: o.stage, job_id: job?.id, err: error }, 'step failed; the sweeper will bring its row back'),
  );
  worker.on('lockRenewalFailed', (jobIds: string[]) => {
    for (const jobId of jobIds) worker.cancelJob(jobId, 'lock_lost');
  });
  return worker;
};
