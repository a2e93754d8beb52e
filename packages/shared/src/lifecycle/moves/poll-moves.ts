// Transitions of the poll stage: what a look at a task makes of a row.
import type { Failure } from '../failure.ts';
import type { Outcome } from '../outcome.ts';
import type { ExpansionRecord } from '../record.ts';
import type { ResultEnds } from '../result-ends.ts';
import type { Transition } from '../transition.ts';
import { errorEntry, haltBy } from './error-entry.ts';

/** What belongs to one task and goes with it. */
const TASK_FIELDS: readonly string[] = ['task_id', 'licence', 'submitted_at', 'sent_at', 'looked_at', 'withdraw'];

/** A look at an unfinished task: no attempt spent, the watch time moved. */
export const toPolled = (record: ExpansionRecord, watchMs: number): Transition => ({
  name: 'polled',
  from: ['submitted'],
  to: 'submitted',
  hop: record.hop,
  set: { poll_errors: 0, looked_at: 'now' },
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
  error: errorEntry('poll', failure, record.taskId),
  watch_in: watchMs,
  ...(halt ? { halt } : {}),
});

export const toGenerated = (
  record: ExpansionRecord,
  o: Extract<Outcome, { kind: 'generated' }>,
  watchMs: number,
  ends: ResultEnds,
  learned?: Transition['learned'],
): Transition => ({
  name: 'generated',
  from: ['submitted'],
  to: 'generated',
  hop: record.hop,
  set: {
    result_url: o.resultUrl,
    result_expires_at: ends.expiresAt,
    generated_at: 'now',
    billed: 'yes',
    deliver_attempts: 0,
    store_errors: 0,
  },
  raise_hop: true,
  watch_in: watchMs,
  yield_at: ends.yieldAt,
  money: 'spend',
  ...(learned ? { learned } : {}),
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
  error: errorEntry('poll', failure, record.taskId),
  unset: TASK_FIELDS,
  due_in: dueMs,
  money: 'release',
});

export const toLineHaltedByTask = (record: ExpansionRecord, failure: Failure, probeMs: number): Transition => ({
  name: 'line_halted',
  from: ['submitted'],
  to: 'accepted',
  hop: record.hop,
  error: errorEntry('poll', failure, record.taskId),
  unset: TASK_FIELDS,
  backlog: 'head',
  money: 'release',
  halt: haltBy(failure, probeMs),
});
