// A manifest that can be read more than once: the file itself, or standard input put aside in a temporary file.
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { codeOf, OutpaintError } from '@outpaint/shared/errors/outpaint-error';
import { type ManifestFormat, manifestFormatOf } from '../manifest/manifest-format.ts';
import type { ManifestRow } from '../manifest/manifest-row.ts';
import { readManifest } from '../manifest/read-manifest.ts';
import { spoolManifest } from '../manifest/spool-manifest.ts';
import { STDIN_PATH } from './batch-name-of.ts';

export interface ManifestFile {
  readonly format: ManifestFormat;
  /** All rows from the first; each call reads anew. */
  rows(): AsyncGenerator<ManifestRow>;
  /** Removes what was put aside. Safe to repeat. */
  close(): Promise<void>;
}

/** A million rows with long addresses take about 300 MB; more than this is not a manifest. */
const STDIN_BYTES_MAX = 4 * 1024 ** 3;

const unreadable = (path: string, error: unknown): OutpaintError => {
  const why = { ENOENT: 'there is no such file', EISDIR: 'it is a folder', EACCES: 'reading it is not allowed' }[
    codeOf(error)
  ];
  return new OutpaintError('manifest_unreadable', `The manifest ${path} cannot be read: ${why ?? codeOf(error)}.`, {
    cause: error,
  });
};

/** Throws `manifest_unreadable`, `manifest_format_unknown` or `manifest_too_large`. */
export const openManifest = async (
  path: string,
  format: string | undefined,
  stdin: Readable,
): Promise<ManifestFile> => {
  const known = manifestFormatOf(path, format);
  if (path === STDIN_PATH) return spooled(stdin, known);
  const file = await open(path).catch((error: unknown) => {
    throw unreadable(path, error);
  });
  const isFolder = (await file.stat()).isDirectory();
  await file.close();
  if (isFolder) throw unreadable(path, { code: 'EISDIR' });
  return { format: known, rows: () => readManifest(createReadStream(path), known), close: async () => undefined };
};

const spooled = async (stdin: Readable, format: ManifestFormat): Promise<ManifestFile> => {
  const { rows, close } = await spoolManifest(stdin, { format, gzip: false, bytesMax: STDIN_BYTES_MAX });
  return { format, rows, close };
};
