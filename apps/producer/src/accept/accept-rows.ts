// Hands the good rows of a manifest to the store, chunk by chunk; stopping and starting again is harmless at any point.
import { ACCEPT_ROWS_MAX, type BatchStore } from '@outpaint/shared/batch/batch-store';
import type { MemoryUse } from '@outpaint/shared/batch/memory-use';
import type { BatchName } from '@outpaint/shared/contract/ids';
import { OutpaintError } from '@outpaint/shared/errors/outpaint-error';
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

export interface AcceptStores {
  readonly batches: Pick<BatchStore, 'accept'>;
  memoryUse(): Promise<MemoryUse>;
}

/** The rest is for the records, jobs and histories that the accepted rows will need on their way. */
export const MEMORY_PERCENT_MAX = 70;

/** Throws `redis_nearly_full`; `accepted` is how many rows of this import were taken before. */
export const refuseWhenFull = async (stores: Pick<AcceptStores, 'memoryUse'>, accepted: number): Promise<void> => {
  const { usedBytes, maxBytes } = await stores.memoryUse();
  if (maxBytes === null || usedBytes * 100 < maxBytes * MEMORY_PERCENT_MAX) return;
  const percent = Math.floor((usedBytes * 100) / maxBytes);
  throw new OutpaintError(
    'redis_nearly_full',
    `Redis uses ${percent} % of its memory (maxmemory), and an import stops at ${MEMORY_PERCENT_MAX} %. ${accepted} rows were accepted and are worked on; give Redis more memory or wait, then run the same command again.`,
  );
};

/** So many chunks are accepted between two looks at Redis' memory: 5,000 rows, some 5 MB. */
const CHUNKS_PER_LOOK = 20;

/** `onChunk` hears the counts so far. Each chunk is accepted whole or not at all. */
export const acceptRows = async (
  stores: AcceptStores,
  name: BatchName,
  rows: AsyncIterable<CheckedRow>,
  stop: AbortSignal,
  onChunk: (soFar: Acceptance) => void,
): Promise<Acceptance> => {
  const result: Acceptance = { accepted: 0, existing: 0, refused: 0, conflicts: noConflicts(), complete: false };
  let chunks = 0;
  for await (const chunk of inChunks(rows, ACCEPT_ROWS_MAX)) {
    if (stop.aborted) return result;
    if (chunks % CHUNKS_PER_LOOK === 0) await refuseWhenFull(stores, result.accepted);
    chunks += 1;
    const good = chunk.flatMap((row) => (row.ok ? [row] : []));
    result.refused += chunk.length - good.length;
    const answers =
      good.length === 0
        ? []
        : await stores.batches.accept(
            name,
            good.map((row) => row.request),
          );
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
