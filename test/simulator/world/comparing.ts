// Looks over the store's shoulder: what was applied must have been allowed by what stood there just before.
import type { RecordStore } from '@outpaint/shared/record/record-store';
import { hopOf, type ModelState, statusOf } from '../model/model-state.ts';

export const comparing = (inner: RecordStore, state: ModelState, onBreach: (what: string) => void): RecordStore => ({
  ...inner,
  apply: async (record, t, caller) => {
    const row = state.rows.get(record.id);
    const was =
      row === undefined ? null : { status: statusOf(row), hop: hopOf(row), licence: row.fields.get('licence') };
    const applied = await inner.apply(record, t, caller);
    if (was === null || applied.kind !== 'applied') return applied;
    const isAllowed =
      t.from.includes(was.status) &&
      (t.hop === undefined || t.hop === was.hop) &&
      (t.licence === undefined || t.licence === was.licence);
    if (!isAllowed)
      onBreach(`${record.id}: ${t.name} of ${JSON.stringify([t.from, t.hop, t.licence])} on ${JSON.stringify(was)}`);
    return applied;
  },
});
