// A manifest that is sent: put aside in a temporary file, unpacked and bounded, so that it can be read more than once.
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { codeOf } from '@outpaint/shared/errors/outpaint-error';
import type { ManifestFormat } from '../manifest/manifest-format.ts';
import type { ManifestRow } from '../manifest/manifest-row.ts';
import { readManifest } from '../manifest/read-manifest.ts';
import { HttpProblem } from './problem.ts';

/** The media types of a manifest; the body is then passed on as a stream. */
export const FORMAT_OF_TYPE: Readonly<Record<string, ManifestFormat>> = {
  'text/csv': 'csv',
  'application/jsonl': 'jsonl',
  'application/x-ndjson': 'jsonl',
};

export interface Upload {
  /** All rows from the first; each call reads anew. */
  rows(): AsyncGenerator<ManifestRow>;
  /** Removes what was put aside. Safe to repeat. */
  close(): Promise<void>;
}

const tooLarge = (bytesMax: number): HttpProblem =>
  new HttpProblem('body_too_large', `A manifest has at most ${bytesMax} bytes (HTTP_UPLOAD_BYTES_MAX): split it.`);

const bounded = (bytesMax: number): Transform => {
  let bytes = 0;
  return new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      bytes += chunk.length;
      if (bytes <= bytesMax) done(null, chunk);
      else done(tooLarge(bytesMax));
    },
  });
};

/** Counted after unpacking, so that a small archive cannot fill the disk. Throws `body_too_large` or `body_unreadable`. */
export const receiveUpload = async (
  body: Readable,
  format: ManifestFormat,
  encoding: string | undefined,
  bytesMax: number,
): Promise<Upload> => {
  if (encoding !== undefined && encoding !== 'gzip' && encoding !== 'identity') {
    throw new HttpProblem('media_type_unknown', 'Content-Encoding may be gzip, or be left out.');
  }
  const folder = await mkdtemp(join(tmpdir(), 'outpaint-upload-'));
  const close = (): Promise<void> => rm(folder, { recursive: true, force: true });
  const path = join(folder, 'manifest');
  const file = createWriteStream(path, { mode: 0o600 });
  try {
    if (encoding === 'gzip') await pipeline(body, createGunzip(), bounded(bytesMax), file);
    else await pipeline(body, bounded(bytesMax), file);
  } catch (error) {
    await close();
    if (error instanceof HttpProblem) throw error;
    const code = codeOf(error);
    if (code.startsWith('Z_')) throw new HttpProblem('body_unreadable', 'The body is not gzip, or is cut off.');
    if (code === 'ERR_STREAM_PREMATURE_CLOSE' || code === 'ECONNRESET')
      throw new HttpProblem('body_unreadable', 'The body was cut off; nothing was accepted.');
    throw error;
  }
  return { rows: () => readManifest(createReadStream(path), format), close };
};
