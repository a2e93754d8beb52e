// Splits text into CSV records with their line numbers; a broken record costs its own line only, never those after it.
import { readRecord } from './csv-record.ts';
import { ROW_CHARS_MAX } from './manifest-row.ts';

export type CsvLine =
  | { readonly line: number; readonly kind: 'record'; readonly fields: readonly string[]; readonly text: string }
  | { readonly line: number; readonly kind: 'bad'; readonly why: string; readonly text: string }
  | { readonly line: number; readonly kind: 'too_long'; readonly text: string };

const LINE_BREAK = /\r\n|\n|\r/g;

const breaksIn = (text: string): number => text.match(LINE_BREAK)?.length ?? 0;

/** Where the line after `start` begins, or -1 if it cannot be told yet. */
const nextLine = (text: string, start: number, atEnd: boolean): number => {
  LINE_BREAK.lastIndex = start;
  const found = LINE_BREAK.exec(text);
  if (found === null) return atEnd ? text.length : -1;
  const end = found.index + found[0].length;
  return found[0] === '\r' && end === text.length && !atEnd ? -1 : end;
};

/** Holds at most one row and one chunk. Blank lines are left out. Safe to stop at any row. */
export async function* readCsvRecords(chunks: AsyncIterable<string>): AsyncGenerator<CsvLine> {
  let text = '';
  let line = 1;
  let skipping = false;
  const advance = (end: number, at: number) => {
    line += breaksIn(text.slice(at, end));
    return end;
  };
  const drain = function* (atEnd: boolean): Generator<CsvLine> {
    let at = 0;
    while (at < text.length) {
      if (skipping) {
        const end = nextLine(text, at, atEnd);
        if (end < 0) {
          // What is skipped need not be kept, but for a carriage return whose line feed may follow.
          at = text.endsWith('\r') ? text.length - 1 : text.length;
          break;
        }
        at = advance(end, at);
        skipping = false;
        continue;
      }
      const record = readRecord(text, at, atEnd);
      const length = (record.kind === 'record' ? record.end : text.length) - at;
      if (length > ROW_CHARS_MAX && record.kind !== 'bad') {
        yield { line, kind: 'too_long', text: text.slice(at, at + 200) };
        skipping = true;
      } else if (record.kind === 'more') {
        break;
      } else if (record.kind === 'bad') {
        yield { line, kind: 'bad', why: record.why, text: text.slice(at, at + 200) };
        // Reading goes on at the next line: behind a stray quote, nobody can tell where the row was meant to end.
        skipping = true;
      } else {
        const row = text.slice(at, record.end);
        if (record.fields.some((field) => field !== ''))
          yield { line, kind: 'record', fields: record.fields, text: row };
        at = advance(record.end, at);
      }
    }
    text = text.slice(at);
  };
  for await (const chunk of chunks) {
    text += chunk;
    yield* drain(false);
  }
  yield* drain(true);
}
