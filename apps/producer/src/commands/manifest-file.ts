// A manifest that can be read more than once: the file itself, or standard input put aside in a temporary file.
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { codeOf, OutpaintError } from '@outpaint/shared/errors/outpaint-error';
import { type ManifestFormat, manifestFormatOf } from '../manifest/manifest-format.ts';
import type { ManifestRow } from '../manifest/manifest-row.ts';
import { readManifest } from '../manifest/read-manifest.ts';
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
  const folder = await mkdtemp(join(tmpdir(), 'outpaint-manifest-'));
  const close = (): Promise<void> => rm(folder, { recursive: true, force: true });
  const path = join(folder, 'manifest');
  let bytes = 0;
  const limit = new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      bytes += chunk.length;
      if (bytes <= STDIN_BYTES_MAX) done(null, chunk);
      else done(new OutpaintError('manifest_too_large', 'Standard input is longer than 4 GiB: split the manifest.'));
    },
  });
  try {
    await pipeline(stdin, limit, createWriteStream(path, { mode: 0o600 }));
  } catch (error) {
    await close();
    throw error;
  }
  return { format, rows: () => readManifest(createReadStream(path), format), close };
};
