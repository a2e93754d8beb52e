// One row of a manifest as it was read: a request-shaped object, or what is wrong with the row and where it stands.
import { type Problem, wrong } from '@outpaint/shared/contract/problem';

/** What stood in the manifest, so that a bad row can be given back to be mended. */
export type RowOrigin =
  | { readonly header: readonly string[]; readonly fields: readonly string[] }
  /** A line of JSONL, cut to {@link ROW_CHARS_MAX}; empty where it cannot be given back. */
  | { readonly text: string };

export type ManifestRow =
  | {
      /** Where the row starts, counted from 1 as an editor does; a CSV row may go over several lines. */
      readonly line: number;
      readonly ok: true;
      /** Shaped like a request; nothing in it has been checked. */
      readonly value: Readonly<Record<string, unknown>>;
      readonly origin: RowOrigin;
    }
  | {
      readonly line: number;
      readonly ok: false;
      readonly problem: Problem;
      /** How the row begins, for people. */
      readonly text: string;
      readonly origin: RowOrigin;
      /** Nothing after it was read: leaving out this row alone would leave out the rest of the file unseen. */
      readonly endsReading?: true;
    };

/** The column that a file of bad rows has more than the manifest; it is left alone when that file is read. */
export const ERROR_COLUMN = 'outpaint_error';

/** A row is a request of some 3 KiB at most; a longer one is a broken file, and is never held in memory whole. */
export const ROW_CHARS_MAX = 64 * 1024;

/** More rows than this are refused: what remembers duplicates would outgrow its memory, about 200 MB. */
export const ROWS_MAX = 5_000_000;

const TEXT_SHOWN_CHARS = 120;

/** `text` is the row, or how it begins. */
export const badField = (line: number, problem: Problem, text: string, origin: RowOrigin = { text }): ManifestRow => ({
  line,
  ok: false,
  problem,
  text: text.slice(0, TEXT_SHOWN_CHARS),
  origin,
});

export const badRow = (line: number, message: string, text: string, remedy?: string, origin?: RowOrigin): ManifestRow =>
  badField(
    line,
    { field: 'row', value: undefined, message, ...(remedy === undefined ? {} : { remedy }) },
    text,
    origin,
  );

export const endOfReading = (row: ManifestRow): ManifestRow => (row.ok ? row : { ...row, endsReading: true });

export const rowTooLong = (line: number, text: string): ManifestRow =>
  badField(
    line,
    {
      ...wrong('row', undefined, `at most ${ROW_CHARS_MAX} characters`),
      message: `is longer than ${ROW_CHARS_MAX} characters`,
    },
    text,
    { text: '' },
  );

/** Bytes that are not UTF-8 were read as U+FFFD; excel saves another encoding unless told otherwise. */
export const isBadUtf8 = (text: string): boolean => text.includes('\uFFFD');

export const rowNotUtf8 = (line: number, text: string, origin?: RowOrigin): ManifestRow =>
  badRow(line, 'holds bytes that are not UTF-8', text, 'Save the file as UTF-8 (in Excel: "CSV UTF-8").', origin);
