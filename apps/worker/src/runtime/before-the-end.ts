// Bounds a write by the end of this worker: a Redis that is away or hangs keeps a command for longer than we have.
import { OutpaintError } from '@outpaint/shared/errors/outpaint-error';
import type { Clock } from '@outpaint/shared/lifecycle/clock';

/** A write that Redis has taken is answered long before this. */
const LAST_WRITE_MS = 1_000;

/** As `work`, but throws `redis_unreachable` a second after `lastCall`; whether the write was made is then unknown. */
export const beforeTheEnd = async <T>(work: Promise<T>, lastCall: AbortSignal, clock: Clock): Promise<T> => {
  const over = new AbortController();
  const tooLate = new Promise<never>((_, reject) => {
    const giveUp = async (): Promise<void> => {
      await clock.wait(LAST_WRITE_MS, over.signal);
      reject(new OutpaintError('redis_unreachable', 'Redis did not answer before the end of this worker.'));
    };
    if (lastCall.aborted) void giveUp();
    else lastCall.addEventListener('abort', () => void giveUp(), { once: true, signal: over.signal });
  });
  try {
    return await Promise.race([work, tooLate]);
  } finally {
    over.abort();
  }
};
