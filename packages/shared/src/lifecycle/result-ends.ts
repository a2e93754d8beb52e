// When the link to a paid picture ends, when everything yields to fetching it, and which picture is fetched first. Pure.
import { expiresOf } from './expires-of.ts';

/** Epoch ms. */
export interface ResultEnds {
  readonly expiresAt: number;
  /** Half of the life that it had left is over: nothing is submitted while it is not delivered. */
  readonly yieldAt: number;
}

/** The link's own word, else `lifeMs` (documented: 24 h) from now. A link that has ended already yields at once. */
export const resultEnds = (url: string, now: number, lifeMs: number): ResultEnds => {
  const expiresAt = expiresOf(url) ?? now + lifeMs;
  return { expiresAt, yieldAt: Math.round(now + Math.max(0, expiresAt - now) / 2) };
};

/** BullMQ takes 1 to 2^21, lowest first, and runs tokens without a priority before all others. */
const PRIORITIES = 2 ** 21;
const MINUTE_MS = 60_000;

/**
 * What ends first is fetched first, to the minute. The minutes of almost four years fit; then they begin anew, and for
 * the life of one link the order of delivering is wrong. Null (nothing known) is the most urgent.
 */
export const deliverPriority = (expiresAt: number | null): number =>
  expiresAt === null ? 1 : 1 + (Math.floor(Math.max(0, expiresAt) / MINUTE_MS) % PRIORITIES);

/** A try that failed comes again while enough of the link's life is left for several more. A dead link is no hurry. */
export const beforeTheLinkEnds = (
  delayMs: number,
  delayMsMin: number,
  expiresAt: number | null,
  now: number,
): number =>
  expiresAt === null || expiresAt <= now
    ? delayMs
    : Math.min(delayMs, Math.max(delayMsMin, Math.round((expiresAt - now) / 4)));
