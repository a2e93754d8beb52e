// A JSONL manifest as rows: one JSON object on each line, by our own names or by a mapping.
import { REQUIRED_COLUMNS } from './cell-value.ts';
import { nearest, unmapped } from './csv-columns.ts';
import {
  badField,
  badRow,
  ERROR_COLUMN,
  endOfReading,
  isBadUtf8,
  type ManifestRow,
  ROW_CHARS_MAX,
  rowNotUtf8,
  rowTooLong,
} from './manifest-row.ts';
import type { RowShape } from './row-shape.ts';
import { mapObject } from './shape-row.ts';

/** Yields every row, good or bad, in the file's order; blank lines are left out. Holds at most one row and one chunk. */
export async function* readJsonl(chunks: AsyncIterable<string>, shape: RowShape): AsyncGenerator<ManifestRow> {
  const { columns } = shape;
  if (columns === null) yield* rowsOf(chunks, withoutError);
  else yield* mappedRowsOf(chunks, columns);
}

/** A file of bad rows is read again after it was mended. */
const withoutError = ({ [ERROR_COLUMN]: _, ...value }: Record<string, unknown>): Record<string, unknown> => value;

/** A name that stands in no row at all was surely mistyped; what the rows would miss by it is said once, at the end. */
async function* mappedRowsOf(
  chunks: AsyncIterable<string>,
  columns: ReadonlyMap<string, string>,
): AsyncGenerator<ManifestRow> {
  for (const name of REQUIRED_COLUMNS) {
    if (columns.has(name)) continue;
    yield endOfReading(badField(1, unmapped(name), ''));
    return;
  }
  const unseen = new Set(columns.values());
  let names: readonly string[] = [];
  let last = 1;
  const map = (value: Record<string, unknown>): Record<string, unknown> => {
    if (names.length === 0) names = Object.keys(value);
    for (const name of unseen) if (Object.hasOwn(value, name)) unseen.delete(name);
    return mapObject(value, columns);
  };
  for await (const row of rowsOf(chunks, map)) {
    last = row.line;
    yield row;
  }
  if (names.length === 0) return;
  for (const name of unseen) {
    const ours = [...columns].find(([, theirs]) => theirs === name)?.[0];
    yield endOfReading(
      badRow(last, `is the last, and none had ${name}, which ${ours} is mapped to`, '', nearest(name, names)),
    );
  }
}

type Shaped = (value: Record<string, unknown>) => Record<string, unknown>;

async function* rowsOf(chunks: AsyncIterable<string>, shaped: Shaped): AsyncGenerator<ManifestRow> {
  let text = '';
  let line = 1;
  let skipping = false;
  for await (const chunk of chunks) {
    text += chunk;
    let at = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', at)) {
      if (!skipping) yield* rowOf(line, text.slice(at, end), shaped);
      skipping = false;
      line += 1;
      at = end + 1;
    }
    text = text.slice(at);
    if (skipping) text = '';
    else if (text.length > ROW_CHARS_MAX) {
      yield rowTooLong(line, text);
      skipping = true;
      text = '';
    }
  }
  if (!skipping) yield* rowOf(line, text, shaped);
}

function* rowOf(line: number, text: string, shaped: Shaped): Generator<ManifestRow> {
  if (text.trim() === '') return;
  if (text.length > ROW_CHARS_MAX) yield rowTooLong(line, text);
  else if (isBadUtf8(text)) yield rowNotUtf8(line, text);
  else yield parsed(line, text, shaped);
}

const parsed = (line: number, text: string, shaped: Shaped): ManifestRow => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's own message quotes the text, of any length and content.
    return badRow(line, 'is not valid JSON', text, 'Each line holds one JSON object, without a comma after it.');
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return { line, ok: true, value: shaped(value as Record<string, unknown>), origin: { text } };
  }
  return badRow(line, 'is not a JSON object', text, 'Each line holds one JSON object.');
};
