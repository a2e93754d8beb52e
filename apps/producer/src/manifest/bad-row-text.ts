// A bad row as it stood in the manifest, with one column more that says what is wrong with it. Pure.
import { sentenceOf } from '@outpaint/shared/contract/problem';
import type { CheckedRow } from './check-rows.ts';
import type { ManifestFormat } from './manifest-format.ts';
import { ERROR_COLUMN } from './manifest-row.ts';

export type BadRow = Extract<CheckedRow, { ok: false }>;

/** What could not be given back as it was: no JSON. */
const TEXT_KEY = 'outpaint_text';

const csvField = (field: string): string => (/[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field);
/** A field of tabs is quoted only where its own quotes would be taken off. */
const tsvField = (field: string): string =>
  /^".*"$/s.test(field) ? `"${field.replaceAll('"', '""')}"` : field.replaceAll(/[\t\r\n]+/g, ' ');

const lineOf = (fields: readonly string[], format: ManifestFormat): string =>
  `${format === 'tsv' ? fields.map(tsvField).join('\t') : fields.map(csvField).join(',')}\n`;

/** Without the column of an earlier file of bad rows. */
const ownFields = (header: readonly string[], fields: readonly string[]): readonly string[] => {
  const at = header.findIndex((name) => name.trim() === ERROR_COLUMN);
  return at < 0 ? fields : fields.toSpliced(at, 1);
};

/** The first line of a file of bad rows; empty for JSONL. The new column is the first: a row may have too many fields. */
export const badRowsHeader = ({ origin }: BadRow, format: ManifestFormat): string =>
  'fields' in origin ? lineOf([ERROR_COLUMN, ...ownFields(origin.header, origin.header)], format) : '';

export const badRowText = ({ line, problems, origin }: BadRow, format: ManifestFormat): string => {
  const error = `line ${line}: ${problems.map(sentenceOf).join(' ')}`;
  if ('fields' in origin) return lineOf([error, ...ownFields(origin.header, origin.fields)], format);
  return `${JSON.stringify({ [ERROR_COLUMN]: error, ...objectOf(origin.text) })}\n`;
};

const objectOf = (text: string): object => {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      const { [ERROR_COLUMN]: _, ...own } = value as Record<string, unknown>;
      return own;
    }
  } catch {
    // Given back as text, to be mended.
  }
  return { [TEXT_KEY]: text };
};
