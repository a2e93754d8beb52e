// Counts, on the way, the rows that were refused because an earlier row has their name or their output key.
import type { CheckedRow } from '../manifest/check-rows.ts';

export interface DuplicateCount {
  rows: number;
}

/** `check-rows.ts` words this problem; a test holds the two together. */
const SAYS_TWICE = /^".*" is on line \d+ already$/s;

export async function* countDuplicates(
  rows: AsyncIterable<CheckedRow>,
  count: DuplicateCount,
): AsyncGenerator<CheckedRow> {
  for await (const row of rows) {
    if (!row.ok && row.problems.some((problem) => SAYS_TWICE.test(problem.message))) count.rows += 1;
    yield row;
  }
}
