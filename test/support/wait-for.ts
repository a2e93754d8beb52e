// The one place where a test waits: for a fact, with a deadline, and never for a length of time.
import { inspect } from 'node:util';

export interface WaitOptions {
  timeoutMs?: number;
  everyMs?: number;
}

/** Generous: it is reached only by a test that fails, on a machine that is as busy as it likes. */
const TIMEOUT_MS = 60_000;
const EVERY_MS = 25;

/**
 * Asks until the answer is neither false, null nor undefined, and gives it back. Fails with the description and the last
 * answer (or the last error that asking threw) when the deadline passes.
 */
export const waitFor = async <T>(
  description: string,
  predicate: () => T | Promise<T>,
  { timeoutMs = TIMEOUT_MS, everyMs = EVERY_MS }: WaitOptions = {},
): Promise<Exclude<T, false | null | undefined>> => {
  const deadline = performance.now() + timeoutMs;
  let last: unknown;
  for (;;) {
    try {
      const value = await predicate();
      if (value !== false && value !== null && value !== undefined) {
        return value as Exclude<T, false | null | undefined>;
      }
      last = value;
    } catch (error) {
      last = error;
    }
    if (performance.now() >= deadline) {
      const said = inspect(last, { depth: 4 }).slice(0, 2_000);
      throw new Error(`Waited ${timeoutMs} ms for: ${description}. Last answer: ${said}`, {
        cause: last instanceof Error ? last : undefined,
      });
    }
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
};
