// Hands the good rows of a manifest to the store, chunk by chunk; stopping and starting again is harmless at any point.
import { ACCEPT_ROWS_MAX, type BatchStore } from '@outpaint/shared/batch/batch-store';
import type { BatchName } from '@outpaint/shared/contract/ids';
import type { CheckedRow } from '../manifest/check-rows.ts';
import { addConflict, type Conflicts, noConflicts } from './conflicts.ts';
import { inChunks } from './in-chunks.ts';

export interface Acceptance {
  /** Rows that are new. */
  accepted: number;
  /** Rows that an earlier call had accepted: they cost nothing again. */
  existing: number;
  /** Rows that were left out because something is wrong with them. */
  refused: number;
  readonly conflicts: Conflicts;
  /** False where `stop` came before the end of the rows. */
  complete: boolean;
}

/** `onChunk` hears the counts so far. Each chunk is accepted whole or not at all. */
export const acceptRows = async (
  batches: Pick<BatchStore, 'accept'>,
  name: BatchName,
  rows: AsyncIterable<CheckedRow>,
  stop: AbortSignal,
  onChunk: (soFar: Acceptance) => void,
): Promise<Acceptance> => {
  const result: Acceptance = { accepted: 0, existing: 0, refused: 0, conflicts: noConflicts(), complete: false };
  for await (const chunk of inChunks(rows, ACCEPT_ROWS_MAX)) {
    if (stop.aborted) return result;
    const good = chunk.flatMap((row) => (row.ok ? [row] : []));
    result.refused += chunk.length - good.length;
    const answers = good.length === 0 ? [] : await batches.accept(name, good.map((row) => row.request));
    for (const [i, answer] of answers.entries()) {
      const row = good[i];
      if (answer.kind === 'accepted') result.accepted += 1;
      else if (answer.kind === 'exists') result.existing += 1;
      else if (row !== undefined) {
        addConflict(result.conflicts, { line: row.line, custom_id: row.request.custom_id, fields: answer.fields });
      }
    }
    onChunk(result);
  }
  result.complete = true;
  return result;
};
