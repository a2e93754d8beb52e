// Batches of any size in a Redis, accepted by the store as an import does it.
import type { BatchStore } from '@outpaint/shared/batch/batch-store';
import { ACCEPT_ROWS_MAX } from '@outpaint/shared/batch/batch-store';
import type { BatchName } from '@outpaint/shared/contract/ids';
import { type ExpansionRequest, parseRequest } from '@outpaint/shared/contract/request';
import { sourceOf } from './manifest-of.ts';

export const requestOf = (batch: BatchName, row: number, source = sourceOf(row)): ExpansionRequest => {
  const parsed = parseRequest(
    { custom_id: `sku-${row}`, batch, source, parameters: { output_ratio: '16:9' } },
    { randomCustomId: () => `sku-${row}` },
  );
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.request;
};

/** So many chunks are under way at once. */
const AT_ONCE = 4;

export const seedRows = async (
  batches: BatchStore,
  name: BatchName,
  rows: number,
  source: (row: number) => string = sourceOf,
): Promise<void> => {
  await batches.open(name, {});
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < rows) {
      const from = next;
      next += ACCEPT_ROWS_MAX;
      const count = Math.min(ACCEPT_ROWS_MAX, rows - from);
      await batches.accept(
        name,
        Array.from({ length: count }, (_, i) => requestOf(name, from + i, source(from + i))),
      );
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  await batches.seal(name);
};
