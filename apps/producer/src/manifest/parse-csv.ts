// Splits text into CSV records with the lines on which they start; csv-parse does it, and its first fault is the end.
import { CsvError, parse } from 'csv-parse';
import { ROW_CHARS_MAX } from './manifest-row.ts';

/** `tsv`: tabs, and quotes bind nothing over tabs and lines, for shops' feeds are full of inches. */
export type CsvDialect = 'csv' | 'tsv';

export type CsvRecord =
  | { readonly kind: 'record'; readonly line: number; readonly fields: readonly string[]; readonly text: string }
  /** The last one: where this record ends cannot be told, and so neither where any later one starts. */
  | { readonly kind: 'fault'; readonly line: number; readonly why: string; readonly text: string };

/** csv-parse counts a field in UTF-8, of which a character takes 3 bytes at most: what it refuses is surely too long. */
const RECORD_BYTES_MAX = 3 * ROW_CHARS_MAX;
/** It counts neither commas nor quotes, so that a row of commas would grow without end; this is for those. */
const UNREAD_BYTES_MAX = 2 * RECORD_BYTES_MAX;

const TOO_LONG = `is longer than ${ROW_CHARS_MAX} characters; a quote in it may never have been closed`;
const WHY: Readonly<Record<string, string>> = {
  CSV_INVALID_CLOSING_QUOTE: 'has text between a closing quote and the next comma',
  INVALID_OPENING_QUOTE: 'has a quote inside a field that does not begin with one',
  CSV_QUOTE_NOT_CLOSED: 'has a quote that is never closed',
  CSV_MAX_RECORD_SIZE: TOO_LONG,
};

/** `info.lines` of csv-parse counts a CRLF inside quotes twice. `raw` ends with one character of the record's line break. */
const breaksIn = (raw: string): number => raw.match(/\r\n|\n|\r/g)?.length ?? 0;

/**
 * Every record in order, without those whose fields are all empty; after a fault comes nothing. Holds the records of one
 * chunk and one unfinished record. Throws what `chunks` throws. Safe to stop at any record.
 */
export async function* parseCsv(chunks: AsyncIterable<string>, dialect: CsvDialect = 'csv'): AsyncGenerator<CsvRecord> {
  const found: { fields: readonly string[]; raw: string }[] = [];
  let [line, bytesWritten, bytesParsed] = [1, 0, 0];
  const parser = parse({
    raw: true,
    ...(dialect === 'tsv' ? { delimiter: '\t', quote: false } : {}),
    relax_column_count: true,
    // Line breaks of three kinds may be mixed; left to itself, csv-parse knows only the first one's kind.
    record_delimiter: ['\r\n', '\n', '\r'],
    max_record_size: RECORD_BYTES_MAX,
    // Records are taken here, because a stream that fails drops those that nobody has read yet. Empty lines are records
    // too: with `skip_empty_lines`, they would pile up in the next record's `raw`.
    on_record: (record: unknown, { bytes }) => {
      const { record: fields, raw } = record as { record: readonly string[]; raw: string };
      found.push({ fields, raw });
      bytesParsed = bytes;
      return null;
    },
  });
  // The error comes through the callback of the write that met it.
  parser.on('error', () => undefined);

  const drain = function* (error: Error | null): Generator<CsvRecord, 'go on' | 'stop'> {
    for (const { fields, raw } of found.splice(0)) {
      if (raw.length > ROW_CHARS_MAX) {
        yield { kind: 'fault', line, why: TOO_LONG, text: raw };
        return 'stop';
      }
      if (fields.some((field) => field !== '')) {
        yield { kind: 'record', line, fields: dialect === 'tsv' ? fields.map(unquoted) : fields, text: raw };
      }
      line += breaksIn(raw);
    }
    if (error !== null) {
      if (!(error instanceof CsvError)) throw error;
      const why = WHY[error.code];
      if (why === undefined) throw error;
      yield { kind: 'fault', line, why, text: String(error.raw ?? '') };
      return 'stop';
    }
    if (bytesWritten - bytesParsed <= UNREAD_BYTES_MAX) return 'go on';
    yield { kind: 'fault', line, why: TOO_LONG, text: '' };
    return 'stop';
  };

  try {
    for await (const chunk of chunks) {
      bytesWritten += Buffer.byteLength(chunk);
      const next = yield* drain(await outcomeOf((done) => parser.write(chunk, done)));
      if (next === 'stop') return;
    }
    yield* drain(await outcomeOf((done) => parser.end(done)));
  } finally {
    parser.destroy();
  }
}

/** Spreadsheets quote a whole field that holds a quote, and double those inside. */
const unquoted = (field: string): string => (/^".*"$/s.test(field) ? field.slice(1, -1).replaceAll('""', '"') : field);

const outcomeOf = (start: (done: (error?: Error | null) => void) => unknown): Promise<Error | null> =>
  new Promise((resolve) => {
    start((error) => resolve(error ?? null));
  });
