// How many tasks were at work at once, and whether one waited until another had ended. Pure.
import type { Certainty } from './answer.ts';
import { mostAtOnce } from './most-at-once.ts';
import type { TrialTask } from './trial.ts';

/** A task that started later than this after its submit may have waited for a slot, or only started slowly. */
export const WAITED_MS = 1_500;
/** A slot that was waited for is taken within this of its becoming free. */
const TAKEN_WITHIN_MS = 3_000;
/** Questions are a second apart: a start may be seen before the end that made way for it. */
const TICK_MS = 1_000;

export interface WorkTimes {
  /** Epoch ms, all by one clock. */
  readonly submittedAt: number;
  readonly startedAt: number | null;
  /** Surely at work until then. */
  readonly workedUntil: number | null;
  readonly endedAt: number | null;
}

export interface ConcurrencyVerdict {
  readonly certainty: Certainty;
  readonly answer: string;
  readonly facts: Readonly<Record<string, unknown>>;
}

type Observed = Pick<TrialTask, 'seen' | 'history' | 'answeredAt' | 'ended'>;

/**
 * By the API's own times where every task has them, else by what was seen here: never by both. What was seen counts only as
 * far as it is sure: a round of queries takes its time, and a slot may have changed hands in it.
 */
export const workTimes = (tasks: readonly Observed[]): WorkTimes[] => {
  const byApi = tasks.every(
    ({ seen }) => seen?.submittedAt != null && seen.scheduledAt != null && seen.endedAt != null,
  );
  return tasks.map(({ seen, history, answeredAt, ended }) => {
    if (byApi && seen !== null) {
      const { submittedAt, scheduledAt, endedAt } = seen;
      return { submittedAt: submittedAt ?? answeredAt, startedAt: scheduledAt, workedUntil: endedAt, endedAt };
    }
    return {
      submittedAt: answeredAt,
      startedAt: history.find(({ status }) => status !== 'PENDING')?.at ?? null,
      workedUntil: history.findLast(({ status }) => status === 'RUNNING')?.until ?? null,
      endedAt: ended ? (history.at(-1)?.at ?? null) : null,
    };
  });
};

/** One that was at work before ended, since the other was submitted and about when it started. */
const gaveWayTo = (before: WorkTimes, after: WorkTimes): boolean => {
  if (before.startedAt === null || before.endedAt === null || after.startedAt === null) return false;
  const sinceMs = after.startedAt - before.endedAt;
  return (
    before.startedAt < after.startedAt &&
    before.endedAt > after.submittedAt &&
    sinceMs >= -TICK_MS &&
    sinceMs <= TAKEN_WITHIN_MS
  );
};

export const judgeConcurrency = (times: readonly WorkTimes[]): ConcurrencyVerdict => {
  const spans = times.flatMap(({ startedAt, workedUntil }) =>
    startedAt !== null && workedUntil !== null ? [{ from: startedAt, to: workedUntil }] : [],
  );
  const peak = mostAtOnce(spans);
  const late = times.filter(({ submittedAt, startedAt }) => startedAt !== null && startedAt - submittedAt > WAITED_MS);
  const waited = late.filter((one) => times.some((other) => gaveWayTo(other, one))).length;
  const facts = {
    tasks: times.length,
    at_once: peak,
    started_late: late.length,
    waited,
  };
  if (waited > 0) {
    const answer = `${peak} at once; ${waited} more waited as PENDING until another ended, and none was refused.`;
    return { certainty: 'observed', answer, facts: { ...facts, slots: peak } };
  }
  const why =
    late.length === 0
      ? `all ${times.length} were at work without waiting`
      : `${late.length} of ${times.length} started late, though no other had ended`;
  return { certainty: 'lower_bound', answer: `At least ${peak}: ${why}.`, facts: { ...facts, slots_at_least: peak } };
};
