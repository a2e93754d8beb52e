// The BullMQ worker of the intake queue: foreign jobs, whose options and data nobody can trust.
import type { BatchStore } from '@outpaint/shared/batch/batch-store';
import { codeOf } from '@outpaint/shared/errors/outpaint-error';
import type { Clock } from '@outpaint/shared/lifecycle/clock';
import type { RedisConnection } from '@outpaint/shared/queue/connections';
import type { IntakeLetters } from '@outpaint/shared/queue/intake-letters';
import { INTAKE_KEEP, NEWER_WAIT_MS, workerOptions } from '@outpaint/shared/queue/job-options';
import { INTAKE_QUEUE } from '@outpaint/shared/queue/names';
import type { Logger } from '@outpaint/shared/telemetry/logger';
import type { Tracing } from '@outpaint/shared/telemetry/tracing';
import { DelayedError, type Job, UnrecoverableError, Worker } from 'bullmq';
import { intake } from '../intake/intake-stage.ts';
import { throttledErrorLog } from './throttled-error-log.ts';
import type { StageWatch } from './worker-watch.ts';

export const startIntakeWorker = (o: {
  readonly batches: BatchStore;
  readonly letters: Pick<IntakeLetters, 'write'>;
  readonly connection: RedisConnection;
  readonly queuePrefix: string;
  readonly concurrency: number;
  /** How long BullMQ leaves a job to a worker that has gone silent. */
  readonly lockMs: number;
  readonly clock: Clock;
  readonly watch: StageWatch;
  readonly tracing: Tracing;
  readonly log: Logger;
}): Worker => {
  const deps = {
    batches: o.batches,
    now: o.clock.now,
    writeIntakeLetter: o.letters.write,
    tracing: o.tracing,
    log: o.log,
  };
  const run = async (job: Job, lockToken: string | undefined): Promise<{ expansion_id: string }> => {
    try {
      const message = {
        id: job.id ?? '',
        addedAt: job.timestamp,
        data: job.data,
        carrier: job.opts.telemetry?.metadata,
      };
      return await o.watch.during(() => intake(deps, message));
    } catch (error) {
      // Trying a malformed message again cannot help, whatever attempts its sender asked for.
      if (codeOf(error) === 'request_invalid' && error instanceof Error) {
        o.log.warn(
          { stage: 'intake', job_id: job.id, reason: error.message },
          'intake job refused; its letter says why',
        );
        throw new UnrecoverableError(error.message);
      }
      // During an upgrade: the message waits for a worker that knows the batch, whatever attempts its sender asked for.
      if (codeOf(error) === 'batch_newer') {
        o.log.warn({ stage: 'intake', job_id: job.id }, 'the batch is newer than this worker, which leaves it alone');
        await job.moveToDelayed(Date.now() + NEWER_WAIT_MS, lockToken);
        throw new DelayedError();
      }
      throw error;
    }
  };
  const options = {
    ...workerOptions(o.lockMs),
    connection: o.connection,
    prefix: o.queuePrefix,
    concurrency: o.concurrency,
    drainDelay: o.watch.drainDelay,
    removeOnComplete: INTAKE_KEEP,
    removeOnFail: INTAKE_KEEP,
  };
  const worker = new Worker(INTAKE_QUEUE, run, options, o.watch.backend);
  worker.on('error', throttledErrorLog(o.log.child({ stage: 'intake' })));
  return worker;
};
