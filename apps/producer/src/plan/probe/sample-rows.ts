// So many rows of a stream, each with the same chance, whatever its length.
import type { CheckedRow } from '../../manifest/check-rows.ts';
import type { GoodRow } from './probe-rows.ts';

export interface Sample {
  readonly rows: AsyncGenerator<CheckedRow>;
  /** By line; whole when `rows` has been read to its end. */
  chosen(): GoodRow[];
}

/** `chance` is in [0, 1). Passes the rows on and holds `size` of the good ones. */
export const sampleRows = (rows: AsyncIterable<CheckedRow>, size: number, chance: () => number): Sample => {
  const kept: GoodRow[] = [];
  let seen = 0;
  async function* passed(): AsyncGenerator<CheckedRow> {
    for await (const row of rows) {
      if (row.ok) {
        seen += 1;
        const place = seen <= size ? kept.length : Math.floor(chance() * seen);
        if (place < size) kept[place] = row;
      }
      yield row;
    }
  }
  return { rows: passed(), chosen: () => kept.toSorted((a, b) => a.line - b.line) };
};
