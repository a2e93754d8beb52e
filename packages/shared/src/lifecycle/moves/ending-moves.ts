// Transitions that end a row or bring it back: cancelled, dead-lettered, rescued, redriven.
import { boundedMessage, type Failure } from '../failure.ts';
import type { ExpansionRecord } from '../record.ts';
import { STATUS_OF_STAGE, type Stage } from '../stage.ts';
import type { Transition } from '../transition.ts';
import { ANSWERED, DOUBT_FIELDS } from './answered.ts';
import { errorEntry } from './error-entry.ts';

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
  error: errorEntry(stage, failure, record.taskId),
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
  set: {
    attempts: 0,
    source_attempts: 0,
    deliver_attempts: 0,
    store_errors: 0,
    poll_errors: 0,
    polls: 0,
    rescues: 0,
    ...(target === 'submitted' ? { submitted_at: 'now' } : {}),
  },
  unset: [
    'dead_at',
    'dead_stage',
    'dead_code',
    'dead_class',
    'dead_message',
    'dead_request_id',
    'letter',
    ...(target === 'accepted'
      ? [
          'task_id',
          'licence',
          'submitted_at',
          'sent_at',
          'result_url',
          'result_expires_at',
          'generated_at',
          'billed',
          'withdraw',
        ]
      : []),
  ],
  ...(target === 'accepted' ? { due_in: 0 } : { raise_hop: true, watch_in: watchMs }),
});

/** The token still waits in its queue, so nothing is lost: no worker takes it just now. Only the watch time moves. */
export const toWatched = (record: ExpansionRecord, watchMs: number): Transition => ({
  name: 'watched',
  from: [record.status],
  to: record.status,
  hop: record.hop,
  overdue: true,
  watch_in: watchMs,
});
