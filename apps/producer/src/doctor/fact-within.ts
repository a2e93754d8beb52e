// Asks for one fact, for a bounded time, and turns every failure into a reason: one broken check hides no other.
import { printable } from '../terminal/printable.ts';
import { type Fact, known, notKnown } from './check.ts';

/** Longer than any healthy answer takes, short enough to wait for in front of a screen. */
export const CHECK_MS_MAX = 5_000;
const REASON_CHARS_MAX = 300;

export const reasonOf = (error: unknown): string => {
  const text = error instanceof Error ? error.message || error.name : String(error);
  return printable(text).slice(0, REASON_CHARS_MAX);
};

/** Never rejects. What `ask` started may go on for a while after its time is up; its answer is then nobody's. */
export const factWithin = async <Value>(ask: () => Promise<Value>, ms = CHECK_MS_MAX): Promise<Fact<Value>> => {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`no answer within ${ms} ms`)), ms);
  try {
    return known(await Promise.race([ask(), late.promise]));
  } catch (error) {
    return notKnown(reasonOf(error));
  } finally {
    clearTimeout(timer);
  }
};
