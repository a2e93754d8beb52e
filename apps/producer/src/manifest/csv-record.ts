// Reads one CSV record at the start of a text (RFC 4180): fields with commas, quotes and line breaks in them.

export type CsvRecord =
  | { readonly kind: 'record'; readonly fields: readonly string[]; readonly end: number }
  /** The text ends before the record does. */
  | { readonly kind: 'more' }
  | { readonly kind: 'bad'; readonly why: string };

const SPECIAL = /[",\r\n]/g;

/**
 * The record that starts at `start`; `end` is where the next one starts. `atEnd` says that no more text follows.
 * Written here because csv-parse 7, which the tests compare this with, drops all that follows an overlong or misquoted row and
 * counts a CRLF inside quotes as two lines: a person would be sent to the wrong line, and rows would be lost.
 */
export const readRecord = (text: string, start: number, atEnd: boolean): CsvRecord => {
  const fields: string[] = [];
  let at = start;
  for (;;) {
    const field = text[at] === '"' ? readQuoted(text, at, atEnd) : readPlain(text, at, atEnd);
    if (field.kind !== 'field') return field;
    fields.push(field.value);
    at = field.end;
    if (text[at] !== ',') break;
    at += 1;
  }
  // A carriage return at the very end may be the first half of a line break.
  if (text[at] === '\r' && at + 1 === text.length && !atEnd) return { kind: 'more' };
  const end = text.startsWith('\r\n', at) ? at + 2 : Math.min(at + 1, text.length);
  return { kind: 'record', fields, end };
};

type Field =
  | { readonly kind: 'field'; readonly value: string; readonly end: number }
  | { readonly kind: 'more' }
  | { readonly kind: 'bad'; readonly why: string };

const readPlain = (text: string, start: number, atEnd: boolean): Field => {
  SPECIAL.lastIndex = start;
  const end = SPECIAL.exec(text)?.index ?? text.length;
  if (end === text.length && !atEnd) return { kind: 'more' };
  if (text[end] === '"') return { kind: 'bad', why: 'has a quote inside a field that does not begin with one' };
  return { kind: 'field', value: text.slice(start, end), end };
};

const readQuoted = (text: string, start: number, atEnd: boolean): Field => {
  let close = start;
  for (;;) {
    close = text.indexOf('"', close + 1);
    if (close < 0) return atEnd ? { kind: 'bad', why: 'has a quote that is never closed' } : { kind: 'more' };
    if (text[close + 1] !== '"') break;
    close += 1;
  }
  const next = text[close + 1];
  // A quote at the very end may be the first half of a doubled one.
  if (next === undefined && !atEnd) return { kind: 'more' };
  if (next !== undefined && next !== ',' && next !== '\r' && next !== '\n') {
    return { kind: 'bad', why: 'has text between a closing quote and the next comma' };
  }
  return { kind: 'field', value: text.slice(start + 1, close).replaceAll('""', '"'), end: close + 1 };
};
