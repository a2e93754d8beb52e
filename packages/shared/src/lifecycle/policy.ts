// The settings that decide how an outcome moves a record: numbers and what was learned, no I/O.
import type { PollBounds } from './backoff.ts';
import type { LookPlan } from './look-plan.ts';

export interface Policy {
  /** How often in all a 500-class failure is tried, per stage, reset by a redrive. */
  readonly transientAttemptsMax: number;
  /** The same for a source that the API could not fetch; 1 = not again. */
  readonly sourceAttemptsMax: number;
  readonly retryDelayMsMin: number;
  readonly retryDelayMsMax: number;
  readonly poll: PollBounds;
  /** What earlier tasks taught, of ordinary tasks or of those with best quality; null or left out: nothing yet. */
  readonly lookPlan?: (bestQuality: boolean) => LookPlan | null;
  /** True while the list of tasks at work is read: it wakes rows whose tasks have ended. Left out: never. */
  readonly isListWatched?: () => boolean;
  /** After this age an answer that shows the task unfinished gives it up; a failing query alone does not. */
  readonly taskDeadlineMs: number;
  /** How long upstream remembers a task (documented: 24 h); past it even failing queries end the wait. */
  readonly taskLifeMs: number;
  /** How late a step may be before the sweeper takes over. */
  readonly rescueMarginMs: number;
  /** How long one submit may wait for its answer. */
  readonly requestTimeoutMs: number;
  /** When a doubt whose task upstream does not list counts as not made; counted from its send. */
  readonly doubtSettleMs: number;
  /** How long after the end of an exchange its task may still be made, for comparing doubts with tasks. */
  readonly doubtLateMs: number;
  /** Nobody else submits with our keys: a lost task may be adopted. */
  readonly keyDedicated: boolean;
  readonly deliverDeadlineMs: number;
  readonly lineProbeMsMin: number;
  /** What throttling cuts, and how long it takes to come back. */
  readonly submitRatePerSecond: number;
  /** Slots and overhang together. */
  readonly slots: number;
  readonly throttleRecoveryMs: number;
}

/**
 * How long a doubt holds a slot, from when it became one: its task, if there is one, has ended by then. If it has not,
 * a submit too many is refused and costs nothing; a slot held longer would cost throughput for as long. The settle delay
 * once more, so that a doubt that settles never comes to it.
 */
export const doubtSlotMs = (policy: Pick<Policy, 'taskDeadlineMs' | 'doubtSettleMs'>): number =>
  Math.min(policy.taskDeadlineMs, 2 * policy.doubtSettleMs);
