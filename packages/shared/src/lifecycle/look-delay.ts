// The gap before the next look at a task: by the plan where something was learned, else the documented backoff.
import { aboutMs, type PollBounds, pollDelayMs, type Random } from './backoff.ts';
import { type LookPlan, plannedGapMs } from './look-plan.ts';

/** While the list wakes rows, a look of their own only finds what the list has missed. */
const WATCHED_FACTOR = 4;

export const watchedDelayMs = (bounds: PollBounds, random: Random): number =>
  aboutMs(WATCHED_FACTOR * bounds.delayMsMax, random);

/**
 * `looks` that have found the task unfinished, `ageMs` since its submit. Whatever the plan says, the gap is at least
 * the least delay and at most the largest, ±10 %: a plan that is wrong looks late or in vain, and never spins.
 */
export const lookDelayMs = (
  task: { readonly looks: number; readonly ageMs: number },
  plan: LookPlan | null,
  bounds: PollBounds,
  random: Random,
): number => {
  if (plan === null) return pollDelayMs(task.looks, bounds, random);
  const gapMs = plannedGapMs(plan, Math.max(0, task.ageMs));
  // Nothing but a number in between may become a delay: a delay that is no number would be none.
  const wanted = Number.isNaN(gapMs) ? bounds.delayMsMax : gapMs;
  const bounded = Math.min(bounds.delayMsMax, Math.max(bounds.delayMsMin, wanted));
  return aboutMs(bounded, random);
};
