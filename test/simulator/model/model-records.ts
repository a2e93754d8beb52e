// The records in the model: the guarantees of `RecordStore` in plain TypeScript, without Redis.
import type { ExpansionId } from '@outpaint/shared/contract/ids';
import { RECORD_VERSION } from '@outpaint/shared/lifecycle/record';
import type { Transition } from '@outpaint/shared/lifecycle/transition';
import { readRecord } from '@outpaint/shared/record/read-record';
import type { Applied, RecordStore } from '@outpaint/shared/record/record-store';
import { modelLicence } from './model-licence.ts';
import { throttleBy } from './model-limits.ts';
import { HOLDS_SLOT, haltLine, moveRow, remember, settleBatch, toBacklogHead } from './model-moves.ts';
import { batchOf, hopOf, inOrder, type ModelRow, type ModelState, numberOf, statusOf } from './model-state.ts';

/** The record as it stood, the move, and what the caller must have read for it to apply. */
const isLegal = (state: ModelState, row: ModelRow, t: Transition, now: number): boolean => {
  if (!t.from.includes(statusOf(row))) return false;
  if (t.hop !== undefined && t.hop !== hopOf(row)) return false;
  if (t.licence !== undefined && t.licence !== row.fields.get('licence')) return false;
  if (t.overdue) return (state.watch.get(row.id) ?? Number.POSITIVE_INFINITY) <= now;
  return true;
};

const writeFields = (row: ModelRow, t: Transition, hop: number, batch: string, caller: string, now: number): void => {
  const { fields } = row;
  const isProgress = t.name !== 'rescued' && t.name !== 'watched' && numberOf(row, 'rescues') > 0;
  fields.set('v', String(RECORD_VERSION)).set('status', t.to).set('hop', String(hop)).set('batch', batch);
  fields.set('caller', caller).set('answer', String(hop));
  for (const [name, value] of Object.entries(t.set ?? {}))
    fields.set(name, value === 'now' ? String(now) : String(value));
  if (isProgress) fields.set('rescues', '0');
  if (t.error) {
    const errors = JSON.parse(fields.get('errors') ?? '[]') as unknown[];
    fields.set('errors', JSON.stringify([...errors, { ...t.error, at: now }].slice(-10)));
  }
  for (const [name, n] of Object.entries(t.add ?? {})) fields.set(name, String(numberOf(row, name) + n));
  for (const name of t.unset ?? []) fields.delete(name);
};

const learn = (state: ModelState, kind: string, ms: number): void => {
  const known = [...(state.durations.get(kind) ?? []), ms];
  state.durations.set(kind, known.length > 250 ? known.slice(-200) : known);
};

const applyTo = (
  state: ModelState,
  row: ModelRow,
  batchName: string,
  t: Transition,
  caller: string,
  now: number,
): Applied => {
  const { id, fields } = row;
  if (fields.get('caller') === caller) return { kind: 'repeated', hop: Number(fields.get('answer')), at: now };
  if (!isLegal(state, row, t, now)) return { kind: 'refused', status: statusOf(row), hop: hopOf(row) };

  const task = t.set?.task_id === undefined ? null : String(t.set.task_id);
  const owner = task === null ? undefined : state.tasks.get(task);
  if (owner !== undefined && owner.id !== id)
    return { kind: 'taken', by: owner.id, status: statusOf(row), hop: hopOf(row) };
  if (task !== null) state.tasks.set(task, { id, keyName: fields.get('key_name') ?? '' });

  const batch = batchOf(state, batchName as never);
  const from = statusOf(row);
  const [reserved, wasHeld, wasProbe] = [numberOf(row, 'reserved'), fields.has('held'), fields.get('probe')];
  const hop = hopOf(row) + (t.raise_hop ? 1 : 0);
  const sentAt = numberOf(row, 'sent_at');
  const { endsOrReopens } = moveRow(state, row, t.to, batch.name, now);
  writeFields(row, t, hop, batch.name, caller, now);

  if (t.money && reserved > 0) {
    batch.reserved -= reserved;
    if (t.money === 'spend') {
      batch.spent += reserved;
      const field = `${Math.floor(now / 3_600_000)} ${batch.fields.get('currency') ?? 'CNY'}`;
      state.spend.set(field, (state.spend.get(field) ?? 0) + reserved);
    }
    fields.delete('reserved');
  }
  // The answer of a submit that had been let go brings its money back.
  const again = t.reserve ?? (from === 'accepted' && t.to === 'submitted' ? numberOf(row, 'price') : undefined);
  if (again !== undefined && reserved === 0) {
    batch.reserved += again;
    fields.set('reserved', String(again));
  }
  if (t.released) state.released.set(t.released, now);
  if (t.to === 'in_doubt' && t.set?.held !== undefined && !wasHeld) {
    batch.held += 1;
    state.held.set(id, now);
  } else if (wasHeld && from === 'in_doubt' && t.to !== 'in_doubt') {
    batch.held -= 1;
    state.held.delete(id);
  }

  if (t.free_slot) state.slots.delete(id);
  if (t.watch_in !== undefined) state.watch.set(id, now + t.watch_in);
  else if (!t.keep_watch) state.watch.delete(id);
  if (t.due_in !== undefined) {
    state.fed.delete(id);
    state.due.set(id, now + t.due_in);
  }
  if (t.backlog) toBacklogHead(state, id, batch);
  if (t.pace_in !== undefined) state.paceAt = Math.max(state.paceAt, now + t.pace_in);
  if (t.throttle) throttleBy(state, t.throttle, t.error?.code ?? '', sentAt, now);
  if (t.yield_at !== undefined) state.expiring.set(id, t.yield_at);
  if (t.learned) learn(state, t.learned.of, t.learned.ms);

  const lineHalted = t.halt !== undefined && haltLine(state, t.halt.code, t.halt.message, t.halt.probe_in, now);
  if (t.line_ok && wasProbe === '1') state.line = null;
  if (t.to !== 'submitting') fields.delete('probe');
  if (endsOrReopens || (t.name === 'held' && !wasHeld)) settleBatch(batch, now);
  if (t.name !== 'polled' && t.name !== 'watched') {
    const detail = t.detail ?? t.error?.code ?? t.set?.task_id ?? '';
    remember(row, now, t.name, t.to, String(detail));
  }
  return { kind: 'applied', hop, at: now, lineHalted };
};

/** Answers at once, whatever its promises say: who is in between decides when a call arrives and its answer comes. */
export const createModelRecords = (state: ModelState, time: () => number): RecordStore => {
  const read = (id: ExpansionId) => {
    const row = state.rows.get(id);
    return row === undefined ? null : readRecord(id, row.requestText, Object.fromEntries(row.fields));
  };
  return {
    now: async () => time(),
    read: async (id) => read(id),
    readMany: async (ids) => ids.map(read),
    history: async (id) => [...(state.rows.get(id)?.history ?? [])],
    apply: async ({ id, batch }, transition, caller) => {
      const row = state.rows.get(id);
      return row === undefined ? { kind: 'gone' } : applyTo(state, row, batch, transition, caller, time());
    },
    licence: async (record, terms, caller) => modelLicence(state, record, terms, caller, time()),
    overdue: async (max) => {
      const now = time();
      return inOrder(state.watch)
        .flatMap(([id, at]) => (at <= now ? [id] : []))
        .slice(0, max);
    },
    repairSlots: async () => {
      const lost = inOrder(state.slots)
        .slice(0, 500)
        .filter(([id]) => {
          const row = state.rows.get(id);
          return row === undefined || !HOLDS_SLOT.includes(statusOf(row));
        });
      for (const [id] of lost) state.slots.delete(id);
      return lost.length;
    },
  };
};
