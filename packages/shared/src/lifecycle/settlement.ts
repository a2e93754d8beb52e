// From an outcome to what follows: which transition, and what becomes of the token. Pure, the one place for it.
import { type Random, retryDelayMs } from './backoff.ts';
import { deliveryFailures } from './delivery-failures.ts';
import type { Failure } from './failure.ts';
import { lookDelayMs, watchedDelayMs } from './look-delay.ts';
import * as delivering from './moves/deliver-moves.ts';
import * as ending from './moves/ending-moves.ts';
import * as polling from './moves/poll-moves.ts';
import * as submitting from './moves/submit-moves.ts';
import * as withdrawing from './moves/withdraw-moves.ts';
import type { Outcome } from './outcome.ts';
import { doubtSlotMs, type Policy } from './policy.ts';
import type { ExpansionRecord } from './record.ts';
import { beforeTheLinkEnds, deliverPriority, resultEnds } from './result-ends.ts';
import type { Stage } from './stage.ts';
import { learnedOf, wantsBestQuality } from './task-duration.ts';
import { throttleOf } from './throttle-kind.ts';
import type { Transition } from './transition.ts';

/** What the runtime does after the transition was applied. */
export type Next =
  | { readonly kind: 'done' }
  /** The same token, later. */
  | { readonly kind: 'snooze'; readonly delayMs: number }
  /** `priority`: lowest first; left out where tokens run in the order in which they were added. */
  | { readonly kind: 'token'; readonly stage: Stage; readonly delayMs: number; readonly priority?: number }
  | { readonly kind: 'letter' };

export interface Settlement {
  readonly transition: Transition | null;
  readonly next: Next;
}

const DONE: Next = { kind: 'done' };
const LETTER: Next = { kind: 'letter' };

/** Decides what follows from an outcome. Given the same record, outcome and numbers it answers the same. */
export const settle = (
  record: ExpansionRecord,
  stage: Stage,
  outcome: Outcome,
  policy: Policy,
  now: number,
  random: Random,
): Settlement => {
  const margin = policy.rescueMarginMs;
  switch (outcome.kind) {
    case 'drop':
    case 'returned':
      return { transition: null, next: DONE };
    case 'postponed':
      return { transition: submitting.toPostponed(record, outcome.delayMs, outcome.reason), next: DONE };
    case 'released':
      return { transition: null, next: { kind: 'snooze', delayMs: 0 } };
    case 'submitted': {
      const delayMs = lookDelayOf(record, 0, 0, policy, random);
      return {
        transition: submitting.toSubmitted(outcome, delayMs + margin),
        next: { kind: 'token', stage: 'poll', delayMs },
      };
    }
    case 'refused':
      return settleRefused(record, outcome.licence, outcome.failure, policy, random);
    case 'unsent':
      return { transition: submitting.toUnsent(outcome.licence, outcome.delayMs, outcome.reason), next: DONE };
    case 'doubted':
      return {
        transition: submitting.toDoubt(outcome.licence, outcome.failure, doubtSlotMs(policy), outcome.window),
        next: DONE,
      };
    case 'unfinished':
      return settleUnfinished(record, outcome.taskStatus, policy, now, random);
    case 'query_failed':
      return settleQueryFailed(record, outcome.failure, policy, now, random);
    case 'task_failed':
      return settleTaskFailed(record, outcome.failure, policy, random);
    case 'generated': {
      const ends = resultEnds(outcome.resultUrl, now, policy.taskLifeMs);
      return {
        transition: polling.toGenerated(
          record,
          outcome,
          policy.deliverDeadlineMs + margin,
          ends,
          learnedOf(record, outcome.taskMs ?? null, now),
        ),
        next: { kind: 'token', stage: 'deliver', delayMs: 0, priority: deliverPriority(ends.expiresAt) },
      };
    }
    case 'undelivered':
      return settleUndelivered(record, outcome.failure, policy, now, random);
    case 'found':
      return { transition: delivering.toFound(record, outcome.picture, outcome.taskId), next: DONE };
    case 'delivered':
      return { transition: delivering.toDelivered(outcome.picture), next: DONE };
    case 'unacceptable':
      return {
        transition: ending.toDeadLettered(record, stage, outcome.failure, { watchMs: margin }),
        next: LETTER,
      };
    case 'withdrawn':
      return { transition: withdrawing.toWithdrawn(record), next: DONE };
    case 'cancelled':
      return { transition: ending.toCancelled(record), next: DONE };
  }
};

type Spend = 'attempts' | 'source_attempts' | null;

/** Whether a failure may be tried again, and which budget it spends; null when its budget is used up. */
const retryOf = (
  record: ExpansionRecord,
  failure: Failure,
  policy: Policy,
): { spend: Spend; failures: number } | null => {
  if (failure.class === 'throttled') return { spend: null, failures: 1 };
  if (failure.class === 'transient' && record.attempts + 1 < policy.transientAttemptsMax) {
    return { spend: 'attempts', failures: record.attempts + 1 };
  }
  if (failure.class === 'source' && record.sourceAttempts + 1 < policy.sourceAttemptsMax) {
    return { spend: 'source_attempts', failures: record.sourceAttempts + 1 };
  }
  return null;
};

const retryBounds = (policy: Policy) => ({ delayMsMin: policy.retryDelayMsMin, delayMsMax: policy.retryDelayMsMax });

const settleRefused = (
  record: ExpansionRecord,
  licence: string,
  failure: Failure,
  policy: Policy,
  random: Random,
): Settlement => {
  if (failure.class === 'account') {
    return { transition: submitting.toLineHalted(licence, failure, policy.lineProbeMsMin), next: DONE };
  }
  const retry = retryOf(record, failure, policy);
  if (retry) {
    const dueMs = failure.retryAfterMs ?? retryDelayMs(retry.failures, retryBounds(policy), random);
    const throttle = throttleOf(failure, policy);
    return { transition: submitting.toRetriedSubmit(licence, failure, dueMs, retry.spend, throttle), next: DONE };
  }
  return {
    transition: ending.toDeadLettered(record, 'submit', failure, { licence, watchMs: policy.rescueMarginMs }),
    next: LETTER,
  };
};

const lookDelayOf = (record: ExpansionRecord, looks: number, ageMs: number, policy: Policy, random: Random): number =>
  policy.isListWatched?.()
    ? watchedDelayMs(policy.poll, random)
    : lookDelayMs({ looks, ageMs }, policy.lookPlan?.(wantsBestQuality(record)) ?? null, policy.poll, random);

const ageOfTask = (record: ExpansionRecord, now: number): number => now - (record.submittedAt ?? now);

const deadlinePassed = (record: ExpansionRecord, shown: string, policy: Policy): Settlement => ({
  transition: ending.toDeadLettered(
    record,
    'poll',
    {
      code: 'task_deadline_passed',
      class: 'permanent',
      message: `The task was not finished ${Math.round(policy.taskDeadlineMs / 60_000)} minutes after its submit; upstream last said ${shown}.`,
    },
    { billed: 'maybe', watchMs: policy.rescueMarginMs },
  ),
  next: LETTER,
});

const settleUnfinished = (
  record: ExpansionRecord,
  taskStatus: string,
  policy: Policy,
  now: number,
  random: Random,
): Settlement => {
  if (ageOfTask(record, now) > policy.taskDeadlineMs) return deadlinePassed(record, taskStatus, policy);
  const delayMs = lookDelayOf(record, record.polls + 1, ageOfTask(record, now), policy, random);
  return { transition: polling.toPolled(record, delayMs + policy.rescueMarginMs), next: { kind: 'snooze', delayMs } };
};

const settleQueryFailed = (
  record: ExpansionRecord,
  failure: Failure,
  policy: Policy,
  now: number,
  random: Random,
): Settlement => {
  // A query that fails says nothing about the task, and asking again is free: only the end of the task's
  // documented life ends the wait.
  if (ageOfTask(record, now) > policy.taskLifeMs) return deadlinePassed(record, failure.code, policy);
  const delayMs =
    failure.retryAfterMs ??
    Math.max(
      lookDelayOf(record, record.polls, ageOfTask(record, now), policy, random),
      retryDelayMs(record.pollErrors + 1, retryBounds(policy), random),
    );
  const halt =
    failure.class === 'account'
      ? { code: failure.code, message: failure.message, probe_in: policy.lineProbeMsMin }
      : undefined;
  return {
    transition: polling.toQueryFailed(record, failure, delayMs + policy.rescueMarginMs, halt),
    next: { kind: 'snooze', delayMs },
  };
};

const settleTaskFailed = (record: ExpansionRecord, failure: Failure, policy: Policy, random: Random): Settlement => {
  if (failure.class === 'account') {
    return { transition: polling.toLineHaltedByTask(record, failure, policy.lineProbeMsMin), next: DONE };
  }
  const retry = retryOf(record, failure, policy);
  if (retry) {
    const dueMs = retryDelayMs(retry.failures, retryBounds(policy), random);
    return { transition: polling.toRetriedTask(record, failure, dueMs, retry.spend), next: DONE };
  }
  return {
    transition: ending.toDeadLettered(record, 'poll', failure, { watchMs: policy.rescueMarginMs }),
    next: LETTER,
  };
};

const settleUndelivered = (
  record: ExpansionRecord,
  failure: Failure,
  policy: Policy,
  now: number,
  random: Random,
): Settlement => {
  const { waits, count, failures } = deliveryFailures(record, failure);
  if (waits || (failure.class === 'transient' && failures < policy.transientAttemptsMax)) {
    const patientMs = retryDelayMs(failures, retryBounds(policy), random);
    const delayMs = beforeTheLinkEnds(patientMs, policy.retryDelayMsMin, record.resultExpiresAt, now);
    const watchMs = delayMs + policy.deliverDeadlineMs + policy.rescueMarginMs;
    return {
      transition: delivering.toRetriedDelivery(record, failure, watchMs, count),
      next: { kind: 'snooze', delayMs },
    };
  }
  return {
    transition: ending.toDeadLettered(record, 'deliver', failure, { watchMs: policy.rescueMarginMs }),
    next: LETTER,
  };
};
