// Transitions of the submit stage: what an answer to the paid call, or its absence, makes of a row.
import type { TaskId } from '../../contract/ids.ts';
import type { Failure } from '../failure.ts';
import type { Outcome } from '../outcome.ts';
import type { ExpansionRecord } from '../record.ts';
import type { Status } from '../status.ts';
import type { Transition } from '../transition.ts';
import { ANSWERED, DOUBT_FIELDS } from './answered.ts';
import { errorEntry, haltBy } from './error-entry.ts';

/** A task exists and its id is ours to keep. */
export const toSubmitted = (o: Extract<Outcome, { kind: 'submitted' }>, watchMs: number): Transition => ({
  name: 'submitted',
  // Also when the row was released meanwhile and has no new licence yet: then this answer saves a second payment.
  from: [...ANSWERED, 'accepted'],
  to: 'submitted',
  licence: o.licence,
  set: { task_id: o.taskId, submit_request_id: o.requestId ?? '', polls: 0, poll_errors: 0, submitted_at: 'now' },
  unset: ['looked_at', ...DOUBT_FIELDS],
  raise_hop: true,
  watch_in: watchMs,
  line_ok: true,
});

/** Upstream made no task: back to accepted, fed again when due. The licence is spent, its money released. */
export const toRetriedSubmit = (
  licence: string,
  failure: Failure,
  dueMs: number,
  spend: 'attempts' | 'source_attempts' | null,
  throttle?: Transition['throttle'],
): Transition => ({
  name: spend ? 'retried' : 'throttled',
  from: ANSWERED,
  to: 'accepted',
  licence,
  ...(spend ? { add: { [spend]: 1 } } : {}),
  // Nobody else asks meanwhile: the limit is the account's, not the row's.
  ...(throttle ? { pace_in: dueMs, throttle } : {}),
  error: errorEntry('submit', failure),
  unset: ['licence', ...DOUBT_FIELDS],
  due_in: dueMs,
  money: 'release',
  // Any answer about this row alone shows that the key works, which is what a probe asks; a throttle shows nothing.
  ...(spend ? { line_ok: true } : {}),
});

/** The licence goes back unused: nothing was sent, nothing is spent, and it says nothing of the account. */
export const toUnsent = (licence: string, dueMs: number, reason: string): Transition => ({
  name: 'unsent',
  from: ['submitting'],
  to: 'accepted',
  licence,
  unset: ['licence'],
  due_in: dueMs,
  money: 'release',
  detail: reason,
});

/** Before the licence something stood in the way: fed again when due, nothing spent. */
export const toPostponed = (record: ExpansionRecord, dueMs: number, reason: string): Transition => ({
  name: 'postponed',
  from: ['accepted'],
  to: 'accepted',
  hop: record.hop,
  due_in: dueMs,
  detail: reason,
});

/** The account is at fault, not the row: it goes back to the head of its backlog and the line halts. */
export const toLineHalted = (licence: string, failure: Failure, probeMs: number): Transition => ({
  name: 'line_halted',
  from: ANSWERED,
  to: 'accepted',
  licence,
  unset: ['licence', ...DOUBT_FIELDS],
  backlog: 'head',
  money: 'release',
  halt: haltBy(failure, probeMs),
});

/** The POST left and nobody knows whether it was taken: only evidence or a person moves it on. */
export const toDoubt = (
  licence: string,
  failure: Failure,
  slotMs: number,
  window?: Extract<Outcome, { kind: 'doubted' }>['window'],
): Transition => ({
  name: 'doubted',
  from: ['submitting'],
  to: 'in_doubt',
  licence,
  set: {
    doubt_at: 'now',
    doubt_code: failure.code,
    ...(window === undefined ? {} : { sent_from: window.from, failed_at: window.to }),
    // Also where there is none: one of an earlier submit must not speak for this one.
    submit_request_id: failure.requestId ?? '',
  },
  error: errorEntry('submit', failure),
  watch_in: slotMs,
});

/** The answer names a task that another row has. Also where the sweeper was quicker: its doubt is of another kind now. */
export const toTaken = (licence: string, failure: Failure, slotMs: number): Transition => ({
  ...toDoubt(licence, failure, slotMs),
  from: ANSWERED,
});

/** A doubt holds no slot for longer than `doubtSlotMs`: whatever it was has ended. It stays a doubt. */
export const toSlotFreed = (record: ExpansionRecord): Transition => ({
  name: 'slot_freed',
  from: ['in_doubt'],
  to: 'in_doubt',
  hop: record.hop,
  overdue: true,
  free_slot: true,
});

/** What somebody remembers of a submit that Redis has forgotten. Times are epoch ms by Redis' clock. */
export interface RememberedSubmit {
  readonly licence: string;
  /** When the licence was granted. */
  readonly at: number;
  readonly taskId: TaskId;
  readonly requestId: string | null;
}

/** Where a row may stand whose newest task Redis has forgotten. */
export const FORGETFUL: readonly Status[] = ['accepted', 'submitting', 'in_doubt'];

/**
 * The task comes back to a row that stands at an older state. Null where the row knows as much or more: it has this
 * licence, one that was granted later, this task among its failures, or it has gone beyond.
 */
export const toRestored = (
  record: ExpansionRecord,
  submit: RememberedSubmit,
  o: { readonly watchMs: number; readonly priceMicro: number },
): Transition | null => {
  if (!FORGETFUL.includes(record.status)) return null;
  const answered = record.status === 'accepted' && record.licence === submit.licence;
  const newer = record.sentAt !== null && record.sentAt > submit.at;
  const ended = record.errors.some((error) => error.task_id === submit.taskId);
  if (answered || newer || ended) return null;
  return {
    name: 'restored',
    from: [record.status],
    to: 'submitted',
    hop: record.hop,
    set: {
      licence: submit.licence,
      task_id: submit.taskId,
      submit_request_id: submit.requestId ?? '',
      sent_at: submit.at,
      submitted_at: submit.at,
      polls: 0,
      poll_errors: 0,
    },
    unset: DOUBT_FIELDS,
    raise_hop: true,
    watch_in: o.watchMs,
    reserve: o.priceMicro,
  };
};
