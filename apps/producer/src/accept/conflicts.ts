// Rows whose name was accepted earlier with other content: found before anything new is accepted.
import { ACCEPT_ROWS_MAX } from '@outpaint/shared/batch/batch-store';
import { expansionIdOf } from '@outpaint/shared/contract/ids';
import { differingFields } from '@outpaint/shared/contract/request-difference';
import type { RecordStore } from '@outpaint/shared/record/record-store';
import type { CheckedRow } from '../manifest/check-rows.ts';
import { inChunks } from './in-chunks.ts';

export interface Conflict {
  readonly line: number;
  readonly custom_id: string;
  readonly fields: readonly string[];
}

/** Counts all, keeps the first ones. */
export interface Conflicts {
  rows: number;
  readonly first: Conflict[];
}

const KEPT_MAX = 1_000;

export const noConflicts = (): Conflicts => ({ rows: 0, first: [] });

export const addConflict = (conflicts: Conflicts, conflict: Conflict): void => {
  conflicts.rows += 1;
  if (conflicts.first.length < KEPT_MAX) conflicts.first.push(conflict);
};

/** Reads only. A row that another program accepts in the meantime is found by `accept` itself. */
export const findConflicts = async (
  records: Pick<RecordStore, 'readMany'>,
  rows: AsyncIterable<CheckedRow>,
): Promise<Conflicts> => {
  const conflicts = noConflicts();
  for await (const chunk of inChunks(rows, ACCEPT_ROWS_MAX)) {
    const good = chunk.flatMap((row) => (row.ok ? [row] : []));
    const known = await records.readMany(good.map(({ request }) => expansionIdOf(request.batch, request.custom_id)));
    for (const [i, { line, request }] of good.entries()) {
      const record = known[i];
      if (record === null || record === undefined) continue;
      const fields = differingFields(record.request, request);
      if (fields.length > 0) addConflict(conflicts, { line, custom_id: request.custom_id, fields });
    }
  }
  return conflicts;
};

export const conflictLine = ({ line, custom_id, fields }: Conflict): string =>
  `line ${line}: ${JSON.stringify(custom_id)} was accepted earlier with another ${fields.join(', ')}. Give the new content another custom_id, or the batch another name with --batch.`;
