// How long to wait: pure functions of a count and of one random number.

/** A source of numbers in [0, 1); injected so that a test can print the schedule. */
export type Random = () => number;

export interface BackoffBounds {
  readonly delayMsMin: number;
  readonly delayMsMax: number;
}

/** Doubles from the least delay to the largest; `failures` counts from 1. No jitter: the half a test can print. */
export const exponentialMs = (failures: number, bounds: BackoffBounds): number =>
  Math.min(bounds.delayMsMax, bounds.delayMsMin * 2 ** Math.min(30, Math.max(0, failures - 1)));

/**
 * Half fixed, half random ("equal jitter"): after an outage a thousand rows come back spread out,
 * yet none comes back at once. https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export const jitteredMs = (delayMs: number, random: Random): number =>
  Math.round(delayMs / 2 + (delayMs / 2) * random());

export const retryDelayMs = (failures: number, bounds: BackoffBounds, random: Random): number =>
  jitteredMs(exponentialMs(failures, bounds), random);

export interface PollBounds extends BackoffBounds {
  readonly factor: number;
}

/**
 * The gap before look number `looks` + 1 at a task (0 = the first look): the least delay times `factor` for each
 * earlier look, capped, ±10 %. The API's guide says 3 s, ×1.5, cap 15 s; all three are settings.
 */
export const pollDelayMs = (looks: number, bounds: PollBounds, random: Random): number => {
  const plain = Math.min(bounds.delayMsMax, bounds.delayMsMin * bounds.factor ** Math.min(60, looks));
  return aboutMs(plain, random);
};

/** ±10 %: tasks submitted together are not looked at together for ever. */
export const aboutMs = (delayMs: number, random: Random): number => Math.round(delayMs * (0.9 + 0.2 * random()));
