// The rows that --keep-going leaves out, in a file of the manifest's own format that can be mended and run.
import { constants } from 'node:fs';
import { copyFile, type FileHandle, open, readFile, rm, stat } from 'node:fs/promises';
import { codeOf, OutpaintError } from '@outpaint/shared/errors/outpaint-error';
import { type BadRow, badRowsHeader, badRowText } from './bad-row-text.ts';
import type { CheckedRow } from './check-rows.ts';
import type { ManifestFormat } from './manifest-format.ts';

export interface BadRowsFile {
  /** Passes all rows on, and puts the bad ones aside. */
  keep(rows: AsyncIterable<CheckedRow>): AsyncGenerator<CheckedRow>;
  /**
   * Gives what was put aside its name, and returns it; null where no row was bad. Never writes over another file's content:
   * somebody may be mending it. Throws `bad_rows_unwritable`.
   */
  finish(): Promise<string | null>;
  /** Removes what was put aside and has no name yet. Safe to repeat. */
  close(): Promise<void>;
}

export interface BadRowsPlace {
  readonly path: string;
  /** Whether another name may be taken where this one is: `feed.bad-2.csv`. */
  readonly isFree: boolean;
}

const BUFFER_CHARS = 64 * 1024;
const NAMES_MAX = 99;

/** `feed.bad.csv` beside `feed.csv` or `feed.csv.gz`. */
export const badRowsPathOf = (manifest: string): string =>
  manifest.replace(/\.gz$/i, '').replace(/(\.[^./\\]+)?$/, (extension) => `.bad${extension}`);

const numbered = (path: string, n: number): string =>
  n === 1 ? path : path.replace(/(\.[^./\\]+)?$/, (end) => `-${n}${end}`);

export const openBadRowsFile = (place: BadRowsPlace, format: ManifestFormat): BadRowsFile => {
  const part = `${place.path}.part`;
  let file: FileHandle | null = null;
  let text = '';

  const failed = (error: unknown): OutpaintError =>
    new OutpaintError(
      'bad_rows_unwritable',
      `Rows with problems cannot be put into ${place.path}: ${codeOf(error)}. Say another place with --bad-rows.`,
      { cause: error },
    );
  const flush = async (): Promise<void> => {
    file ??= await open(part, 'w');
    await file.write(text);
    text = '';
  };
  const add = async (row: BadRow): Promise<void> => {
    if (file === null && text === '') text = badRowsHeader(row, format);
    text += badRowText(row, format);
    // The file is opened with the first row, so that a place that cannot be written to is known before anything else is.
    if (file === null || text.length > BUFFER_CHARS) await flush();
  };
  const end = async (): Promise<void> => {
    await flush();
    await file?.close();
    file = null;
  };
  const close = async (): Promise<void> => {
    await file?.close();
    file = null;
    await rm(part, { force: true });
  };

  return {
    async *keep(rows) {
      for await (const row of rows) {
        if (!row.ok) {
          await add(row).catch((error: unknown) => {
            throw failed(error);
          });
        }
        yield row;
      }
    },
    finish: async () => {
      if (file === null) return null;
      try {
        await end();
        for (let n = 1; n <= (place.isFree ? NAMES_MAX : 1); n += 1) {
          const path = numbered(place.path, n);
          if (await isSame(part, path)) return path;
          if (await copied(part, path)) return path;
        }
      } catch (error) {
        throw failed(error);
      } finally {
        await close();
      }
      throw new OutpaintError(
        'bad_rows_unwritable',
        `${place.path} is there already with other rows, which may be mended ones: say another place with --bad-rows.`,
      );
    },
    close,
  };
};

const copied = async (from: string, to: string): Promise<boolean> => {
  try {
    await copyFile(from, to, constants.COPYFILE_EXCL);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
};

/** Compared whole: files of bad rows are small, or the manifest is of no use. */
const isSame = async (one: string, other: string): Promise<boolean> => {
  const sizes = await Promise.all([stat(one), stat(other)]).catch(() => null);
  if (sizes === null || sizes[0].size !== sizes[1].size) return false;
  const [a, b] = await Promise.all([readFile(one), readFile(other)]);
  return a.equals(b);
};
