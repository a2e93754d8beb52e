// BullMQ's Redis backend with a pulse: every answer of Redis to a fetch is heard.
import { type BackendFactory, createRedisBackend, type RedisQueueBackend } from 'bullmq';
import type { FetchPulse } from '../health/fetch-pulse.ts';

/**
 * BullMQ 6.7 has no event that says "still fetching": `isRunning()` stays true in a loop that waits for ever, and
 * `drained` comes once. Its backend is the place where every fetch passes. A blocking wait that found nothing does not
 * count, for BullMQ's own watchdog gives the same answer when Redis gave none; the `moveToActive` that follows counts.
 */
export const watchedBackend =
  (
    pulse: Pick<FetchPulse, 'fetched'>,
    blockSecondsMax: number,
    refused: (times: number) => Promise<void>,
  ): BackendFactory<RedisQueueBackend> =>
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
    // BullMQ fetches again at once after an error that is not the connection's (a full Redis, a replica that takes no
    // writes): 97,000 errors in 6 s (measured). So the error is kept back, for longer each time.
    let refusals = 0;
    backend.moveToActive = async (...args) => {
      try {
        const answer = heard(await moveToActive.apply(backend, args));
        refusals = 0;
        return answer;
      } catch (error) {
        refusals += 1;
        await refused(refusals);
        throw error;
      }
    };
    // These two fetch the next job as well.
    backend.moveToCompleted = async (...args) => heard(await moveToCompleted.apply(backend, args));
    backend.moveToFailed = async (...args) => heard(await moveToFailed.apply(backend, args));
    // With delayed jobs a worker blocks up to 10 s whatever `drainDelay` says.
    Object.defineProperty(backend, 'maximumBlockTimeout', { value: blockSecondsMax });
    return backend;
  };
