// A manifest that comes as a stream: put aside in a temporary file, unpacked and bounded, so that it can be read more than once.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { codeOf, OutpaintError } from '@outpaint/shared/errors/outpaint-error';
import type { ManifestFormat } from './manifest-format.ts';
import type { ManifestRow } from './manifest-row.ts';
import { readManifest } from './read-manifest.ts';
import { PLAIN_SHAPE, type RowShape } from './row-shape.ts';

export interface SpooledManifest {
  readonly format: ManifestFormat;
  /** All rows from the first; each call reads anew. */
  rows(): AsyncGenerator<ManifestRow>;
  /** SHA-256 of what was put aside, lower-case hex. */
  readonly sha256: string;
  /** Removes what was put aside. Safe to repeat. */
  close(): Promise<void>;
}

export interface SpoolTerms {
  readonly format: ManifestFormat;
  readonly gzip: boolean;
  readonly shape?: RowShape;
  /** Counted after unpacking, so that a small archive cannot fill the disk. */
  readonly bytesMax: number;
}

/** Whether a stream that nobody has read yet begins as gzip does; nothing of it is lost. */
export const startsWithGzip = async (stream: Readable): Promise<boolean> => {
  for (;;) {
    const first = stream.read() as Buffer | null;
    if (first !== null) {
      stream.unshift(first);
      return first[0] === 0x1f && first[1] === 0x8b;
    }
    if (stream.readableEnded || stream.destroyed) return false;
    await Promise.race([once(stream, 'readable'), once(stream, 'end'), once(stream, 'close')]);
  }
};

/** Throws `manifest_too_large`, `manifest_cut_off` or `manifest_not_gzip`; nothing stays on the disk then. */
export const spoolManifest = async (body: Readable, terms: SpoolTerms): Promise<SpooledManifest> => {
  const { format, bytesMax, shape = PLAIN_SHAPE } = terms;
  const folder = await mkdtemp(join(tmpdir(), 'outpaint-manifest-'));
  const close = (): Promise<void> => rm(folder, { recursive: true, force: true });
  const path = join(folder, 'manifest');
  const hash = createHash('sha256');
  let bytes = 0;
  const counted = new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      bytes += chunk.length;
      hash.update(chunk);
      if (bytes <= bytesMax) done(null, chunk);
      else done(new OutpaintError('manifest_too_large', `A manifest has at most ${bytesMax} bytes: split it.`));
    },
  });
  const file = createWriteStream(path, { mode: 0o600 });
  try {
    if (terms.gzip) await pipeline(body, createGunzip(), counted, file);
    else await pipeline(body, counted, file);
  } catch (error) {
    await close();
    const code = codeOf(error);
    if (code.startsWith('Z_')) {
      throw new OutpaintError('manifest_not_gzip', 'The manifest is not gzip, or is cut off.', { cause: error });
    }
    if (code === 'ERR_STREAM_PREMATURE_CLOSE' || code === 'ECONNRESET') {
      throw new OutpaintError('manifest_cut_off', 'The manifest was cut off; nothing was accepted.', { cause: error });
    }
    throw error;
  }
  return {
    format,
    rows: () => readManifest(createReadStream(path), format, { shape }),
    sha256: hash.digest('hex'),
    close,
  };
};
