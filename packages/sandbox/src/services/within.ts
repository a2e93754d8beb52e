// Puts a deadline on something that has none of its own.
import { ServiceError } from './service-error.ts';

/** Rejects with `too_slow` after `timeoutMs`; what was begun is told nothing and its later result is dropped. */
export const within = async <T>(what: string, timeoutMs: number, work: Promise<T>): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new ServiceError('too_slow', `${what} took over ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
};
