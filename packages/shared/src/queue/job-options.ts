// The BullMQ options that our guarantees rest on, each with its reason.
import type { JobsOptions, WorkerOptions } from 'bullmq';

/**
 * Stage queues keep nothing: BullMQ silently ignores an add whose id is retained (measured), and retained jobs cost
 * more memory than waiting ones. One attempt: retrying is decided by outcomes, not by BullMQ.
 */
export const TOKEN_OPTIONS = { attempts: 1, removeOnComplete: true, removeOnFail: true } as const satisfies JobsOptions;

/** Letters stay until somebody takes them. */
export const LETTER_OPTIONS = {
  attempts: 1,
  removeOnComplete: false,
  removeOnFail: false,
} as const satisfies JobsOptions;

/** Finished intake jobs are kept for a day and a bounded count, so that a caller can read the return value. */
export const INTAKE_KEEP = { age: 86_400, count: 10_000 } as const;

/** While versions of workers are mixed, what is newer than this one waits so long for one that knows it. */
export const NEWER_WAIT_MS = 5_000;

/**
 * A lock of 120 s (`TOKEN_LOCK_MS`): with 30 s every job in hand ran twice after a 30 s outage of Redis (measured);
 * rescue of a killed worker's rows does not wait for it, the sweeper does that. `maxStalledCount` is out of reach
 * because a job failed by BullMQ itself would bypass the record and its counters.
 */
export const workerOptions = (lockMs: number) =>
  ({
    lockDuration: lockMs,
    stalledInterval: Math.ceil(lockMs / 4),
    maxStalledCount: 1_000_000,
    // BullMQ waits 15 s after a connection error that reaches it; Redis is back in less.
    runRetryDelay: 1_000,
  }) as const satisfies Partial<WorkerOptions>;
