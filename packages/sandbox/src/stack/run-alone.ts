// Runs something that starts programs: alone in its folder, ended by a signal, and with nothing left of it afterwards.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { withFileLock } from '../services/file-lock.ts';
import { ServiceError } from '../services/service-error.ts';
import { shownPath, shownText } from './repository.ts';
import { stopInReverse } from './stop-in-reverse.ts';
import { untilSignal, whenAborted } from './until-signal.ts';

export type AloneRun<T> =
  | { readonly kind: 'done'; readonly value: T }
  /** By a signal; the exit code that a shell expects. */
  | { readonly kind: 'stopped'; readonly exitCode: number }
  /** A sentence for a person. */
  | { readonly kind: 'failed'; readonly reason: string };

/** Never throws. When it resolves, all that `work` has handed to `stopLater` is stopped. */
export const runAlone = async <T>(
  dir: string,
  work: (stopLater: (stop: () => Promise<void>) => void) => Promise<T>,
): Promise<AloneRun<T>> => {
  const signal = untilSignal();
  const stops = stopInReverse();
  try {
    await mkdir(dir, { recursive: true });
    const value = await withFileLock(join(dir, 'running.lock'), 0, async () => {
      try {
        return await Promise.race([work(stops.add), whenAborted(signal)]);
      } finally {
        await stops.stop();
      }
    });
    return { kind: 'done', value };
  } catch (error) {
    if (signal.aborted) return { kind: 'stopped', exitCode: Number(signal.reason) };
    if (error instanceof ServiceError && error.code === 'lock_timeout') {
      const lock = shownPath(join(dir, 'running.lock'));
      return { kind: 'failed', reason: `Another one runs in ${shownPath(dir)}; if none does, remove ${lock}.` };
    }
    return { kind: 'failed', reason: shownText(error instanceof Error ? error.message : String(error)) };
  }
};
