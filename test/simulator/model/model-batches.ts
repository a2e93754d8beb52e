// Batches, backlog, feed and line in the model: the guarantees of `BatchStore` in plain TypeScript.
import type { Batch, BatchOptions, BatchRun, BatchState, PausedBy } from '@outpaint/shared/batch/batch';
import type { AcceptAnswer, BatchStore, Fed, FeedTerms } from '@outpaint/shared/batch/batch-store';
import { type BatchName, type ExpansionId, expansionIdOf } from '@outpaint/shared/contract/ids';
import { differingFields } from '@outpaint/shared/contract/request-difference';
import { RECORD_VERSION } from '@outpaint/shared/lifecycle/record';
import { storedText } from '@outpaint/shared/record/stored-request';
import { deliveringFirst, slotsInForce } from './model-limits.ts';
import { makeReady, settleBatch } from './model-moves.ts';
import { batchOf, emptyCounts, hopOf, inOrder, type ModelBatch, type ModelState, statusOf } from './model-state.ts';

const OPTION_FIELDS: readonly [keyof BatchOptions, string][] = [
  ['budgetMicro', 'budget'],
  ['failuresMax', 'failures_max'],
  ['failuresPercent', 'failures_percent'],
  ['weight', 'weight'],
  ['currency', 'currency'],
];

const view = (batch: ModelBatch): Batch => {
  const number = (name: string): number | null => (batch.fields.has(name) ? Number(batch.fields.get(name)) : null);
  return {
    name: batch.name,
    state: batch.fields.get('state') as BatchState,
    run: batch.fields.get('run') as BatchRun,
    pausedBy: (batch.fields.get('paused_by') ?? null) as PausedBy | null,
    rows: batch.rows,
    counts: { ...batch.counts },
    held: batch.held,
    reservedMicro: batch.reserved,
    spentMicro: batch.spent,
    budgetMicro: number('budget'),
    failuresMax: number('failures_max'),
    failuresPercent: number('failures_percent'),
    currency: batch.fields.get('currency') ?? 'CNY',
    createdAt: number('created_at') ?? 0,
    sealedAt: number('sealed_at'),
    finishedAt: number('finished_at'),
    reportedAt: null,
    expired: 0,
    ...(batch.fields.has('paused_at') ? { pausedAt: Number(batch.fields.get('paused_at')) } : {}),
    ...(batch.fields.has('weight') ? { weight: Number(batch.fields.get('weight')) } : {}),
  };
};

const isRunning = (batch: ModelBatch | undefined): boolean => batch?.fields.get('run') === 'running';

const feed = (state: ModelState, terms: FeedTerms, now: number): Fed[] => {
  let room = Math.min(terms.rowsMax, slotsInForce(state, terms.slots, now) - state.slots.size - state.fed.size);
  if (state.line !== null) {
    // One row at a time goes ahead as the probe.
    if (state.fed.size > 0 || now < Number(state.line.get('probe_at'))) return [];
    room = Math.min(room, 1);
  }
  if (room <= 0 || deliveringFirst(state, terms, now) !== null) return [];
  const fed: Fed[] = [];
  const feedRow = (id: ExpansionId, batch: BatchName): void => {
    const row = state.rows.get(id);
    if (row === undefined || statusOf(row) !== 'accepted') return;
    const hop = hopOf(row) + 1;
    row.fields.set('v', String(RECORD_VERSION)).set('status', 'accepted').set('hop', String(hop));
    row.fields.set('batch', batch).set('fed_at', String(now));
    state.fed.add(id);
    state.watch.set(id, now + terms.watchMs);
    fed.push({ id, hop });
  };
  const due = inOrder(state.due).filter(([, at]) => at <= now);
  for (const [id] of due.slice(0, room)) {
    state.due.delete(id);
    const name = state.rows.get(id)?.fields.get('batch') as BatchName | undefined;
    if (name === undefined) continue;
    if (isRunning(state.batches.get(name))) feedRow(id, name);
    else batchOf(state, name).backlog.unshift(id);
  }
  for (let steps = 0; fed.length < room && steps < terms.rowsMax * 4; steps += 1) {
    const first = inOrder(state.ready)[0];
    if (first === undefined) break;
    const [name, virtualTime] = first;
    const batch = state.batches.get(name);
    const id = isRunning(batch) ? batch?.backlog.shift() : undefined;
    if (id === undefined) {
      state.ready.delete(name);
      continue;
    }
    feedRow(id, name);
    state.ready.set(name, virtualTime + 1 / Number(batch?.fields.get('weight') ?? 1));
  }
  return fed;
};

/** Without what only shows: lists and the line's state are read, never decided by. */
export type SimulatedBatches = Omit<BatchStore, 'line' | 'list' | 'page' | 'acceptUnknown' | 'sealIdle'>;

export const createModelBatches = (state: ModelState, time: () => number): SimulatedBatches => {
  const turn = (name: BatchName, want: 'running' | 'paused', by?: PausedBy): boolean => {
    const batch = state.batches.get(name);
    const run = batch?.fields.get('run');
    // What a person pauses stays paused, whoever paused it before.
    if (want === 'paused' && run === 'paused' && (by ?? 'person') === 'person')
      batch?.fields.set('paused_by', 'person');
    if (batch === undefined || run === want || (run !== 'running' && run !== 'paused')) return false;
    if (want === 'running' && by !== undefined && batch.fields.get('paused_by') !== by) return false;
    batch.fields.set('run', want);
    if (want === 'paused') {
      batch.fields.set('paused_by', by ?? 'person').set('paused_at', String(time()));
      state.ready.delete(name);
    } else {
      batch.fields.delete('paused_by');
      batch.fields.delete('paused_at');
      if (batch.backlog.length > 0) makeReady(state, name);
    }
    return true;
  };

  return {
    open: async (name, options) => {
      const created = !state.batches.has(name);
      if (created) {
        const fields = new Map(Object.entries({ v: String(RECORD_VERSION), state: 'open', run: 'running' }));
        fields.set('created_at', String(time()));
        const sums = { rows: 0, held: 0, reserved: 0, spent: 0 };
        state.batches.set(name, {
          name,
          fields,
          counts: emptyCounts(),
          ...sums,
          backlog: [],
          reportAt: null,
        });
      }
      const { fields } = batchOf(state, name);
      for (const [option, field] of OPTION_FIELDS) {
        const value = options[option];
        if (value !== undefined) fields.set(field, String(value));
      }
      return { created };
    },

    accept: async (name, requests) => {
      const batch = state.batches.get(name);
      if (batch === undefined) throw new Error('BATCH_UNKNOWN');
      const fresh: ExpansionId[] = [];
      const answers = requests.map((request): AcceptAnswer => {
        const id = expansionIdOf(name, request.custom_id);
        const requestText = storedText(request);
        const known = state.rows.get(id);
        if (known === undefined) {
          state.rows.set(id, { id, request, requestText, fields: new Map(), history: [] });
          fresh.push(id);
          return { kind: 'accepted', id };
        }
        if (known.requestText === requestText) return { kind: 'exists', id };
        return { kind: 'conflict', id, fields: differingFields(known.request, request) };
      });
      if (fresh.length > 0) {
        batch.backlog.push(...fresh);
        batch.counts.accepted += fresh.length;
        batch.rows += fresh.length;
        settleBatch(batch, time());
        if (isRunning(batch)) makeReady(state, name);
      }
      return answers;
    },

    seal: async (name) => {
      const batch = state.batches.get(name);
      if (batch?.fields.get('state') !== 'open') return;
      batch.fields.set('state', 'sealed').set('sealed_at', String(time()));
      settleBatch(batch, time());
    },

    read: async (name) => {
      const batch = state.batches.get(name);
      return batch === undefined ? null : view(batch);
    },
    pause: async (name, by) => turn(name, 'paused', by),
    resume: async (name, only) => turn(name, 'running', only),
    feed: async (terms) => feed(state, terms, time()),
    resumeLine: async () => {
      const wasHalted = state.line !== null;
      state.line = null;
      return wasHalted;
    },
  };
};
