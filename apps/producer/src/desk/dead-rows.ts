// Walks the dead-lettered rows of the desk's index, newest first, in chunks.
import type { ExpansionId } from '@outpaint/shared/contract/ids';
import type { ExpansionRecord } from '@outpaint/shared/lifecycle/record';
import type { DeadIndex } from '@outpaint/shared/record/dead-index';
import type { RecordStore } from '@outpaint/shared/record/record-store';

export interface DeadFilter {
  readonly code?: string;
  readonly batch?: string;
}

const CHUNK_ROWS = 250;

export type DeadRecord = ExpansionRecord & { readonly status: 'dead_lettered' };

export const isDead = (record: ExpansionRecord | null): record is DeadRecord => record?.status === 'dead_lettered';

const matches = (record: ExpansionRecord, filter: DeadFilter): boolean =>
  (filter.code === undefined || record.deadCode === filter.code) &&
  (filter.batch === undefined || record.batch === filter.batch);

/**
 * Every matching row that is dead when it is looked at, at most `looksMax` rows looked at. Ids are remembered, so a row is
 * met once though rows leave or join the index meanwhile; one that joins behind the walk is left to the next.
 */
export async function* deadRows(
  { dead, records }: { readonly dead: Pick<DeadIndex, 'list'>; readonly records: Pick<RecordStore, 'readMany'> },
  filter: DeadFilter,
  looksMax: number,
): AsyncGenerator<DeadRecord> {
  const met = new Set<ExpansionId>();
  for (let offset = 0; offset < looksMax; offset += CHUNK_ROWS) {
    const limit = Math.min(CHUNK_ROWS, looksMax - offset);
    const ids = await dead.list({ ...(filter.code === undefined ? {} : { code: filter.code }), offset, limit });
    if (ids.length === 0) return;
    const fresh = ids.filter((id) => !met.has(id));
    for (const id of fresh) met.add(id);
    for (const record of await records.readMany(fresh)) {
      if (isDead(record) && matches(record, filter)) yield record;
    }
  }
}
