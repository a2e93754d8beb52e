// BullMQ's Redis backend with a pulse: every answer of Redis to a fetch is heard.
import { type BackendFactory, createRedisBackend, type RedisQueueBackend } from 'bullmq';
import type { FetchPulse } from '../health/fetch-pulse.ts';

/**
 * BullMQ 6.7 has no event that says "still fetching": `isRunning()` stays true in a loop that waits for ever, and
 * `drained` comes once. Its backend is the place where every fetch passes. A blocking wait that found nothing does not
 * count, for BullMQ's own watchdog gives the same answer when Redis gave none; the `moveToActive` that follows counts.
 */
export const watchedBackend =
  (pulse: Pick<FetchPulse, 'fetched'>, blockSecondsMax: number): BackendFactory<RedisQueueBackend> =>
  (name, opts, more) => {
    const backend = createRedisBackend(name, opts, more);
    const { waitForJob, moveToActive, moveToCompleted, moveToFailed } = backend;
    const heard = <T>(answer: T): T => {
      pulse.fetched();
      return answer;
    };
    backend.waitForJob = async (seconds) => {
      const found = await waitForJob.call(backend, seconds);
      return found === null ? null : heard(found);
    };
    backend.moveToActive = async (...args) => heard(await moveToActive.apply(backend, args));
    // These two fetch the next job as well.
    backend.moveToCompleted = async (...args) => heard(await moveToCompleted.apply(backend, args));
    backend.moveToFailed = async (...args) => heard(await moveToFailed.apply(backend, args));
    // With delayed jobs a worker blocks up to 10 s whatever `drainDelay` says.
    Object.defineProperty(backend, 'maximumBlockTimeout', { value: blockSecondsMax });
    return backend;
  };
