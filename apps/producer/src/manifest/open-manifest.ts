// A manifest by its address: a file, or `s3://bucket/key`, gzip or not.
import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { codeOf, OutpaintError } from '@outpaint/shared/errors/outpaint-error';
import type { ObjectReader } from '@outpaint/shared/storage/object-reader';
import { type ManifestFormat, manifestFormatOf } from './manifest-format.ts';
import type { ManifestRow } from './manifest-row.ts';
import type { RowShape } from './row-shape.ts';
import { spoolManifest } from './spool-manifest.ts';

export interface Manifest {
  rows(): AsyncGenerator<ManifestRow>;
  /** Changes whenever the content does. */
  readonly tag: string;
  close(): Promise<void>;
}

/** Null where there is nothing at the address. Throws `manifest_unreadable` and what {@link spoolManifest} throws. */
export type OpenManifest = (address: string, terms: ReadingTerms) => Promise<Manifest | null>;

export interface ReadingTerms {
  /** Else as the address ends. */
  readonly format?: ManifestFormat;
  readonly shape: RowShape;
}

const isGzip = (address: string): boolean => /\.gz$/i.test(address);
/** `feed.csv` of `feed.csv.gz`. */
export const withoutGz = (address: string): string => address.replace(/\.gz$/i, '');

const openFile = (path: string): Promise<Readable | null> =>
  new Promise((resolve, reject) => {
    const stream = createReadStream(path);
    stream.once('open', () => resolve(stream));
    stream.once('error', (error) => {
      if (codeOf(error) === 'ENOENT') resolve(null);
      else {
        const message = `The manifest ${path} cannot be read: ${codeOf(error)}.`;
        reject(new OutpaintError('manifest_unreadable', message, { cause: error }));
      }
    });
  });

export const createOpenManifest =
  (deps: { readonly objects: Pick<ObjectReader, 'open'>; readonly bytesMax: number }): OpenManifest =>
  async (address, { format = manifestFormatOf(withoutGz(address)), shape }) => {
    let body: Readable | null;
    let gzip = isGzip(address);
    if (address.startsWith('s3://')) {
      const object = await deps.objects.open(address);
      body = object?.body ?? null;
      gzip ||= object?.contentEncoding === 'gzip';
    } else body = await openFile(address);
    if (body === null) return null;
    const spooled = await spoolManifest(body, { format, gzip, shape, bytesMax: deps.bytesMax });
    return { rows: spooled.rows, tag: spooled.sha256, close: spooled.close };
  };
