// A JSONL manifest as rows: one JSON object on each line.
import { badRow, isBadUtf8, type ManifestRow, ROW_CHARS_MAX, rowNotUtf8, rowTooLong } from './manifest-row.ts';

/** Yields every row, good or bad, in the file's order; blank lines are left out. Holds at most one row and one chunk. */
export async function* readJsonl(chunks: AsyncIterable<string>): AsyncGenerator<ManifestRow> {
  let text = '';
  let line = 1;
  let skipping = false;
  for await (const chunk of chunks) {
    text += chunk;
    let at = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', at)) {
      if (!skipping) yield* rowOf(line, text.slice(at, end));
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
  if (!skipping) yield* rowOf(line, text);
}

function* rowOf(line: number, text: string): Generator<ManifestRow> {
  if (text.trim() === '') return;
  if (text.length > ROW_CHARS_MAX) yield rowTooLong(line, text);
  else if (isBadUtf8(text)) yield rowNotUtf8(line, text);
  else yield parsed(line, text);
}

const parsed = (line: number, text: string): ManifestRow => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's own message quotes the text, of any length and content.
    return badRow(line, 'is not valid JSON', text, 'Each line holds one JSON object, without a comma after it.');
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return { line, ok: true, value: value as Record<string, unknown> };
  }
  return badRow(line, 'is not a JSON object', text, 'Each line holds one JSON object.');
};
