// Reads a manifest of any format as a stream of rows with line numbers.
import type { Readable } from 'node:stream';
import { decodeText } from './decode-text.ts';
import type { ManifestFormat } from './manifest-format.ts';
import { badRow, endOfReading, type ManifestRow, ROWS_MAX } from './manifest-row.ts';
import { readCsv } from './read-csv.ts';
import { readJsonl } from './read-jsonl.ts';
import { PLAIN_SHAPE, type RowShape } from './row-shape.ts';
import { withDefaults } from './shape-row.ts';

type Reader = (chunks: AsyncIterable<string>, shape: RowShape) => AsyncGenerator<ManifestRow>;

const READERS: Readonly<Record<ManifestFormat, Reader>> = {
  csv: (chunks, shape) => readCsv(chunks, shape, 'csv'),
  tsv: (chunks, shape) => readCsv(chunks, shape, 'tsv'),
  jsonl: readJsonl,
};

export interface ReadingOptions {
  readonly rowsMax?: number;
  readonly shape?: RowShape;
}

/** The rows with their defaults, as far as a manifest may go: after `rowsMax` comes one bad row, and the reading ends. */
export async function* boundRows(
  rows: AsyncIterable<ManifestRow>,
  { rowsMax = ROWS_MAX, shape = PLAIN_SHAPE }: ReadingOptions,
): AsyncGenerator<ManifestRow> {
  let count = 0;
  for await (const row of rows) {
    count += 1;
    if (count > rowsMax) {
      const message = `is one too many: a manifest has at most ${rowsMax} rows`;
      yield endOfReading(badRow(row.line, message, '', 'Split the manifest.'));
      return;
    }
    yield row.ok ? { ...row, value: withDefaults(row.value, shape.defaults) } : row;
  }
}

/**
 * Every row, good or bad, in the file's order, in constant memory. What is wrong with a row is in the row; only an error of
 * the stream itself (a file that cannot be read) is thrown.
 */
export const readManifest = (
  stream: Readable,
  format: ManifestFormat,
  options: ReadingOptions = {},
): AsyncGenerator<ManifestRow> => boundRows(READERS[format](decodeText(stream), options.shape ?? PLAIN_SHAPE), options);
