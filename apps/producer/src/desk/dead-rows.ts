// Walks the dead-lettered rows of the desk's index, newest first, in chunks.
import type { ExpansionId } from '@outpaint/shared/contract/ids';
import type { ExpansionRecord } from '@outpaint/shared/lifecycle/record';
import type { DeadIndex, DeadScope } from '@outpaint/shared/record/dead-index';
import type { RecordStore } from '@outpaint/shared/record/record-store';
import { placeBehind, type ScorePlace } from '@outpaint/shared/record/score-page';

export type DeadFilter = DeadScope;

const CHUNK_ROWS = 250;

export type DeadRecord = ExpansionRecord & { readonly status: 'dead_lettered' };

export const isDead = (record: ExpansionRecord | null): record is DeadRecord => record?.status === 'dead_lettered';

const matches = (record: ExpansionRecord, { code, batch }: DeadFilter): boolean =>
  (code === undefined || record.deadCode === code) && (batch === undefined || record.batch === batch);

/**
 * Every matching row that is dead when it is looked at, at most `looksMax` rows looked at. A row that joins, or comes back
 * from the dead and dies again, behind the walk is left to the next.
 */
export async function* deadRows(
  { dead, records }: { readonly dead: Pick<DeadIndex, 'page'>; readonly records: Pick<RecordStore, 'readMany'> },
  filter: DeadFilter,
  looksMax: number,
): AsyncGenerator<DeadRecord> {
  for await (const ids of deadIds(dead, filter, looksMax)) {
    for (const record of await records.readMany(ids)) if (isDead(record) && matches(record, filter)) yield record;
  }
}

/** The ids in chunks, as they stand in the index. */
export async function* deadIds(
  dead: Pick<DeadIndex, 'page'>,
  scope: DeadScope,
  looksMax: number,
): AsyncGenerator<readonly ExpansionId[]> {
  let after: ScorePlace | null = null;
  for (let looked = 0; looked < looksMax; ) {
    const page = await dead.page({ ...scope, after, limit: Math.min(CHUNK_ROWS, looksMax - looked) });
    if (page.ids.length > 0) yield page.ids;
    if (!page.more) return;
    looked += page.ids.length;
    after = placeBehind(page.scores, after);
  }
}
