// Transitions of reconciling: what evidence, or a person, makes of a doubt.

import type { Failure } from '../failure.ts';
import type { Policy } from '../policy.ts';
import { openSubmitOf } from '../reconcile/open-submit.ts';
import type { HoldReason, UnknownTask } from '../reconcile/verdict.ts';
import type { ExpansionRecord, HeldCandidate } from '../record.ts';
import type { Transition } from '../transition.ts';
import { DOUBT_FIELDS } from './answered.ts';
import { toDeadLettered } from './ending-moves.ts';

const CANDIDATES_MAX = 5;

/** Guarded by both: the doubt must be the very one that was judged, and nobody may have touched it since. */
const guard = (record: ExpansionRecord): Pick<Transition, 'hop' | 'licence'> => ({
  hop: record.hop,
  ...(record.licence === null ? {} : { licence: record.licence }),
});

/** Its task is found: polled as if its answer had come. The licence stays, so that the late answer itself finds its row. */
export const toAdopted = (
  record: ExpansionRecord,
  task: { readonly taskId: string; readonly requestId: string | null },
  watchMs: number,
): Transition => ({
  name: 'adopted',
  from: ['in_doubt'],
  to: 'submitted',
  ...guard(record),
  set: {
    task_id: task.taskId,
    ...(task.requestId === null ? {} : { submit_request_id: task.requestId }),
    polls: 0,
    poll_errors: 0,
    // The task's age counts from its send, not from when we found it.
    submitted_at: record.sentAt ?? 'now',
  },
  unset: DOUBT_FIELDS,
  raise_hop: true,
  watch_in: watchMs,
});

/** What is kept of a doubt that was let go, in case its task appears after all. */
const releasedOf = (record: ExpansionRecord, policy: Policy): Pick<Transition, 'released'> => {
  const submit = openSubmitOf(record, policy);
  return submit === null ? {} : { released: JSON.stringify({ ...submit, kind: 'released' }) };
};

/** It made no task: submitted anew when due, an attempt spent. The licence stays until the next one: see `toSubmitted`. */
export const toReleased = (record: ExpansionRecord, dueMs: number, policy: Policy): Transition => ({
  name: 'released',
  from: ['in_doubt'],
  to: 'accepted',
  ...guard(record),
  add: { attempts: 1 },
  unset: DOUBT_FIELDS,
  due_in: dueMs,
  money: 'release',
  ...releasedOf(record, policy),
});

/** It made no task, and that happened to it too often. */
export const toReleasedToDeath = (record: ExpansionRecord, failure: Failure, policy: Policy): Transition => {
  const { line_ok: _, ...dead } = toDeadLettered(record, 'submit', failure, {
    ...(record.licence === null ? {} : { licence: record.licence }),
    watchMs: policy.rescueMarginMs,
  });
  return { ...dead, from: ['in_doubt'], hop: record.hop, ...releasedOf(record, policy) };
};

/** Only a person, or new evidence, can settle it. Its batch may finish without it. */
export const toHeld = (
  record: ExpansionRecord,
  reason: HoldReason,
  candidates: readonly UnknownTask[],
): Transition => ({
  name: 'held',
  from: ['in_doubt'],
  to: 'in_doubt',
  ...guard(record),
  set: {
    held: 1,
    hold_reason: reason,
    hold_candidates: JSON.stringify(
      candidates
        .slice(0, CANDIDATES_MAX)
        .map((task): HeldCandidate => ({ task_id: task.taskId, created_at: task.createdAt, status: task.status })),
    ),
  },
  keep_watch: true,
  detail: reason,
});

/** A person says that it is not worth another look. It may have been paid, so it counts as paid. */
export const toGivenUp = (record: ExpansionRecord, policy: Policy): Transition => {
  const failure: Failure = {
    code: 'given_up',
    class: 'permanent',
    message: `Given up by a person while its submit was in doubt (${record.doubtCode ?? 'unknown'}).`,
    requestId: record.submitRequestId,
  };
  const { line_ok: _, ...dead } = toDeadLettered(record, 'submit', failure, {
    ...(record.licence === null ? {} : { licence: record.licence }),
    billed: 'maybe',
    watchMs: policy.rescueMarginMs,
  });
  return { ...dead, name: 'given_up', from: ['in_doubt'], hop: record.hop, ...releasedOf(record, policy) };
};
