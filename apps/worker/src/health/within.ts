// Waits for an answer no longer than a given time, whatever the asked one's own limits are.
import { OutpaintError } from '@outpaint/shared/errors/outpaint-error';

/** Rejects with `no_answer` after `ms`; a later answer or error of `asked` is dropped. */
export const within = async <T>(ms: number, asked: Promise<T>): Promise<T> => {
  const { promise: tooLate, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new OutpaintError('no_answer', `There was no answer within ${ms} ms.`)), ms);
  try {
    return await Promise.race([asked, tooLate]);
  } finally {
    clearTimeout(timer);
  }
};
