// What changes together with a status in the model: counters, lists, slots, and the state of the batch.
import type { BatchName, ExpansionId } from '@outpaint/shared/contract/ids';
import type { Status } from '@outpaint/shared/lifecycle/status';
import { batchOf, inOrder, type ModelBatch, type ModelRow, type ModelState, statusOf } from './model-state.ts';

/** A task of the account may be at work for a row in one of these. */
export const HOLDS_SLOT: readonly Status[] = ['submitting', 'submitted', 'in_doubt'];
/** Rows that need nothing from us; a doubt is counted apart, see `held`. */
const ENDING: readonly Status[] = ['delivered', 'dead_lettered', 'cancelled', 'in_doubt'];

export const remember = (row: ModelRow, at: number, event: string, status: string, detail: string): void => {
  row.history.push({ at, event, status, detail });
  if (row.history.length > 60) row.history = row.history.slice(-50);
};

/** A batch with work takes its place in the fair order where the one in front stands: no later, no earlier. */
export const makeReady = (state: ModelState, name: BatchName): void => {
  if (!state.ready.has(name)) state.ready.set(name, inOrder(state.ready)[0]?.[1] ?? 0);
};

export const toBacklogHead = (state: ModelState, id: ExpansionId, batch: ModelBatch): void => {
  state.fed.delete(id);
  state.watch.delete(id);
  batch.backlog.unshift(id);
  if (batch.fields.get('run') === 'running') makeReady(state, batch.name);
};

export const reportDue = (batch: ModelBatch, now: number): void => {
  batch.fields.set('report_due', String(Number(batch.fields.get('report_due') ?? 0) + 1));
  batch.reportAt = now;
};

/** Sealed and finished follow the counters: finished is a sealed batch in which nobody has anything left to do. */
export const settleBatch = (batch: ModelBatch, now: number): void => {
  const { accepted, submitting, submitted, generated, in_doubt } = batch.counts;
  const unfinished = accepted + submitting + submitted + generated + in_doubt - batch.held;
  const state = batch.fields.get('state');
  if (state === 'sealed' && unfinished === 0) {
    batch.fields.set('state', 'finished').set('finished_at', String(now));
    reportDue(batch, now);
  } else if (state === 'finished' && unfinished === 0) reportDue(batch, now);
  else if (state === 'finished') {
    batch.fields.set('state', 'sealed').delete('finished_at');
  }
};

/** Must run before the record's own status is written. Says whether the batch may have been finished or reopened. */
export const moveRow = (
  state: ModelState,
  row: ModelRow,
  to: Status,
  name: BatchName,
  now: number,
): { endsOrReopens: boolean } => {
  const from = statusOf(row);
  if (from === to) return { endsOrReopens: false };
  const { id } = row;
  const batch = batchOf(state, name);
  batch.counts[from] -= 1;
  batch.counts[to] += 1;
  if (ENDING.includes(from)) state.ended.get(`${name}:${from}`)?.delete(id);
  if (ENDING.includes(to)) {
    const list = state.ended.get(`${name}:${to}`) ?? new Map<ExpansionId, number>();
    state.ended.set(`${name}:${to}`, list.set(id, now));
  }
  if (from === 'accepted') {
    state.fed.delete(id);
    state.due.delete(id);
  }
  if (from === 'generated') {
    state.undelivered.delete(id);
    state.expiring.delete(id);
  }
  if (from === 'in_doubt') state.doubts.delete(id);
  if (from === 'dead_lettered') state.dead.delete(id);
  if (to === 'generated') state.undelivered.set(id, now);
  if (to === 'in_doubt') state.doubts.set(id, now);
  if (to === 'dead_lettered') state.dead.set(id, now);
  if (!HOLDS_SLOT.includes(to)) state.slots.delete(id);
  else if (!state.slots.has(id)) state.slots.set(id, now);
  return { endsOrReopens: ENDING.includes(to) || ENDING.includes(from) };
};

/** True if this call halted it; a line that is halted already only learns the newer reason. */
export const haltLine = (state: ModelState, code: string, message: string, probeIn: number, now: number): boolean => {
  if (state.line !== null) {
    state.line.set('code', code).set('message', message);
    return false;
  }
  state.line = new Map(
    Object.entries({
      state: 'halted',
      code,
      message,
      since: String(now),
      probe_at: String(now + probeIn),
      probe_gap: String(probeIn),
    }),
  );
  return true;
};
