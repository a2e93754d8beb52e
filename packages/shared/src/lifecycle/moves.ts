// One constructor per transition: each fills only what is legal for its move.
import type { Failure } from './failure.ts';
import { boundedMessage } from './failure.ts';
import type { Outcome, StoredPicture } from './outcome.ts';
import type { ExpansionRecord } from './record.ts';
import { type Stage, STATUS_OF_STAGE } from './stage.ts';
import type { Transition } from './transition.ts';

const entryOf = (stage: string, failure: Failure, taskId?: string | null): NonNullable<Transition['error']> => ({
  stage,
  code: failure.code,
  class: failure.class,
  message: boundedMessage(failure.message),
  ...(failure.requestId ? { request_id: failure.requestId } : {}),
  ...(taskId ? { task_id: taskId } : {}),
});

/** An upstream's answer holds whenever it comes: that of a slow worker settles the doubt that the sweeper made of it. */
const ANSWERED = ['submitting', 'in_doubt'] as const;
const DOUBT_FIELDS = ['doubt_at', 'doubt_code', 'held'];

/** A task exists and its id is ours to keep. */
export const toSubmitted = (o: Extract<Outcome, { kind: 'submitted' }>, watchMs: number): Transition => ({
  name: 'submitted',
  from: ANSWERED,
  to: 'submitted',
  licence: o.licence,
  set: { task_id: o.taskId, submit_request_id: o.requestId ?? '', polls: 0, poll_errors: 0, submitted_at: 'now' },
  unset: DOUBT_FIELDS,
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
): Transition => ({
  name: spend ? 'retried' : 'throttled',
  from: ANSWERED,
  to: 'accepted',
  licence,
  ...(spend ? { add: { [spend]: 1 } } : { pace_in: dueMs }),
  error: entryOf('submit', failure),
  unset: ['licence', ...DOUBT_FIELDS],
  due_in: dueMs,
  money: 'release',
  // Any answer about this row alone shows that the key works, which is what a probe asks; a throttle shows nothing.
  ...(spend ? { line_ok: true } : {}),
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
  halt: { code: failure.code, message: boundedMessage(failure.message), probe_in: probeMs },
});

/** The POST left and nobody knows whether it was taken. Held: only evidence or a person moves it on. */
export const toDoubt = (licence: string, failure: Failure, slotMs: number): Transition => ({
  name: 'doubted',
  from: ['submitting'],
  to: 'in_doubt',
  licence,
  set: {
    doubt_at: 'now',
    doubt_code: failure.code,
    held: 1,
    ...(failure.requestId ? { submit_request_id: failure.requestId } : {}),
  },
  error: entryOf('submit', failure),
  watch_in: slotMs,
});

/** A doubt past the task deadline holds no slot any longer: whatever it was has ended. It stays held. */
export const toSlotFreed = (record: ExpansionRecord): Transition => ({
  name: 'slot_freed',
  from: ['in_doubt'],
  to: 'in_doubt',
  hop: record.hop,
  overdue: true,
  free_slot: true,
});

/** A look at an unfinished task: no attempt spent, the watch time moved. */
export const toPolled = (record: ExpansionRecord, watchMs: number): Transition => ({
  name: 'polled',
  from: ['submitted'],
  to: 'submitted',
  hop: record.hop,
  set: { poll_errors: 0 },
  add: { polls: 1 },
  watch_in: watchMs,
});

export const toQueryFailed = (
  record: ExpansionRecord,
  failure: Failure,
  watchMs: number,
  halt?: Transition['halt'],
): Transition => ({
  name: 'query_failed',
  from: ['submitted'],
  to: 'submitted',
  hop: record.hop,
  add: { poll_errors: 1 },
  error: entryOf('poll', failure, record.taskId),
  watch_in: watchMs,
  ...(halt ? { halt } : {}),
});

export const toGenerated = (
  record: ExpansionRecord,
  o: Extract<Outcome, { kind: 'generated' }>,
  watchMs: number,
): Transition => ({
  name: 'generated',
  from: ['submitted'],
  to: 'generated',
  hop: record.hop,
  set: { result_url: o.resultUrl, generated_at: 'now', billed: 'yes', deliver_attempts: 0, store_errors: 0 },
  raise_hop: true,
  watch_in: watchMs,
  money: 'spend',
});

/** The task FAILED, so nothing was billed: a new submit, the attempt counted. */
export const toRetriedTask = (
  record: ExpansionRecord,
  failure: Failure,
  dueMs: number,
  spend: 'attempts' | 'source_attempts' | null,
): Transition => ({
  name: 'task_failed',
  from: ['submitted'],
  to: 'accepted',
  hop: record.hop,
  ...(spend ? { add: { [spend]: 1 } } : {}),
  error: entryOf('poll', failure, record.taskId),
  unset: ['task_id', 'licence', 'submitted_at', 'sent_at'],
  due_in: dueMs,
  money: 'release',
});

export const toLineHaltedByTask = (record: ExpansionRecord, failure: Failure, probeMs: number): Transition => ({
  name: 'line_halted',
  from: ['submitted'],
  to: 'accepted',
  hop: record.hop,
  error: entryOf('poll', failure, record.taskId),
  unset: ['task_id', 'licence', 'submitted_at', 'sent_at'],
  backlog: 'head',
  money: 'release',
  halt: { code: failure.code, message: boundedMessage(failure.message), probe_in: probeMs },
});

export const toRetriedDelivery = (
  record: ExpansionRecord,
  failure: Failure,
  watchMs: number,
  count: 'deliver_attempts' | 'store_errors',
): Transition => ({
  name: 'undelivered',
  from: ['generated'],
  to: 'generated',
  hop: record.hop,
  add: { [count]: 1 },
  error: entryOf('deliver', failure, record.taskId),
  watch_in: watchMs,
});

const pictureFields = (picture: StoredPicture): Record<string, string | number> => ({
  delivered_at: 'now',
  object_bytes: picture.bytes,
  object_sha256: picture.sha256 ?? '',
  ...(picture.width === null ? {} : { object_width: picture.width }),
  ...(picture.height === null ? {} : { object_height: picture.height }),
});

/** The object was confirmed in the bucket, so this holds whatever the hop has become. */
export const toDelivered = (picture: StoredPicture): Transition => ({
  name: 'delivered',
  from: ['generated'],
  to: 'delivered',
  set: pictureFields(picture),
  // A presigned link is a bearer token: it leaves the record as soon as it has done its work.
  unset: ['result_url'],
});

export const toFound = (record: ExpansionRecord, picture: StoredPicture): Transition => ({
  name: 'found_in_bucket',
  from: ['accepted'],
  to: 'delivered',
  hop: record.hop,
  set: pictureFields(picture),
});

export const toCancelled = (record: ExpansionRecord): Transition => ({
  name: 'cancelled',
  from: ['accepted'],
  to: 'cancelled',
  hop: record.hop,
});

/**
 * Dead-lettered from a stage. `billed` says what a redrive has to warn of; money follows it:
 * a task that may have been billed is counted as spent, never as saved.
 */
export const toDeadLettered = (
  record: ExpansionRecord,
  stage: Stage,
  failure: Failure,
  o: { readonly licence?: string; readonly billed?: 'maybe'; readonly watchMs: number },
): Transition => ({
  name: 'dead_lettered',
  from: o.licence ? ANSWERED : [STATUS_OF_STAGE[stage]],
  to: 'dead_lettered',
  ...(o.licence ? { licence: o.licence } : { hop: record.hop }),
  set: {
    dead_at: 'now',
    dead_stage: stage,
    dead_code: failure.code,
    dead_class: failure.class,
    dead_message: boundedMessage(failure.message),
    dead_request_id: failure.requestId ?? '',
    letter: 'due',
    ...(o.billed ? { billed: o.billed } : {}),
  },
  add: { deaths: 1 },
  error: entryOf(stage, failure, record.taskId),
  ...(o.licence ? { unset: DOUBT_FIELDS } : {}),
  watch_in: o.watchMs,
  ...(stage === 'deliver' ? {} : { money: o.billed ? 'spend' : 'release' }),
  ...(o.licence ? { line_ok: true } : {}),
});

/** The letter stands in the dead-letter queue; from here on it may be consumed and stays gone. */
export const toLetterWritten = (record: ExpansionRecord): Transition => ({
  name: 'letter_written',
  from: ['dead_lettered'],
  to: 'dead_lettered',
  hop: record.hop,
  set: { letter: 'written' },
});

/** The sweeper found the token late: a new one under a new hop. The old one, if it ever comes, is dropped. */
export const toRescued = (record: ExpansionRecord, watchMs: number): Transition => ({
  name: 'rescued',
  from: [record.status],
  to: record.status,
  hop: record.hop,
  overdue: true,
  add: { rescues: 1 },
  raise_hop: true,
  watch_in: watchMs,
});

/** Back to life at the stage that it reached, with a fresh budget of attempts. */
export const toRedriven = (
  record: ExpansionRecord,
  target: 'accepted' | 'submitted' | 'generated',
  watchMs: number,
): Transition => ({
  name: 'redriven',
  from: ['dead_lettered'],
  to: target,
  hop: record.hop,
  set: { attempts: 0, source_attempts: 0, deliver_attempts: 0, store_errors: 0, poll_errors: 0, polls: 0, rescues: 0,
    ...(target === 'submitted' ? { submitted_at: 'now' } : {}) },
  unset: [
    'dead_at', 'dead_stage', 'dead_code', 'dead_class', 'dead_message', 'dead_request_id', 'letter',
    ...(target === 'accepted' ? ['task_id', 'licence', 'submitted_at', 'sent_at', 'result_url', 'generated_at', 'billed'] : []),
  ],
  ...(target === 'accepted' ? { due_in: 0 } : { raise_hop: true, watch_in: watchMs }),
});
