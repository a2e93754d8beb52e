// A manifest by its address: a file or `s3://bucket/key`, gzip or not, or a listing `s3://bucket/prefix/`.
import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import type { BatchName } from '@outpaint/shared/contract/ids';
import { codeOf, OutpaintError } from '@outpaint/shared/errors/outpaint-error';
import type { ObjectReader } from '@outpaint/shared/storage/object-reader';
import { isListing, type ListingTerms, type OwnOutput, openListing } from './listing.ts';
import { type ManifestFormat, manifestFormatOf } from './manifest-format.ts';
import type { ManifestRow } from './manifest-row.ts';
import type { RowShape } from './row-shape.ts';
import { type SpooledManifest, spoolManifest } from './spool-manifest.ts';

export interface Manifest {
  /** Of its rows when they are given back; a listing has none of its own. */
  readonly format: ManifestFormat;
  rows(): AsyncGenerator<ManifestRow>;
  /** Changes whenever the content does. */
  tag(): Promise<string>;
  /** What a person should know of the last reading, in sentences. */
  notes(): readonly string[];
  /** Removes what was put aside. Safe to repeat. */
  close(): Promise<void>;
}

/** Null where there is nothing at the address. Throws `manifest_unreadable` and what {@link spoolManifest} throws. */
export type OpenManifest = (address: string, terms: ReadingTerms) => Promise<Manifest | null>;

export interface ReadingTerms {
  /** Else as the address ends. */
  readonly format?: ManifestFormat;
  readonly shape: RowShape;
  /** The batch that the rows go into. */
  readonly batch: BatchName;
}

export interface OpenDeps {
  readonly objects: Pick<ObjectReader, 'open' | 'list'>;
  readonly bytesMax: number;
  /** Where pictures are put; null where that is not known here. */
  readonly own: OwnOutput | null;
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

export const listingManifest = (address: string, objects: OpenDeps['objects'], terms: ListingTerms): Manifest => {
  const listing = openListing(address, objects, terms);
  const notes = (): string[] => {
    const count = listing.leftOut();
    return count === 0
      ? []
      : [
          `${count} other ${count === 1 ? 'object' : 'objects'} below ${address} left out: no pictures by their names, or empty`,
        ];
  };
  return { format: 'jsonl', rows: listing.rows, tag: listing.tag, notes, close: async () => undefined };
};

export const createOpenManifest =
  ({ objects, bytesMax, own }: OpenDeps): OpenManifest =>
  async (address, terms) => {
    if (isListing(address)) {
      const manifest = listingManifest(address, objects, { ...terms, own });
      for await (const _ of manifest.rows()) return manifest;
      return null;
    }
    const { format = manifestFormatOf(withoutGz(address)), shape } = terms;
    let body: Readable | null;
    let gzip = isGzip(address);
    if (address.startsWith('s3://')) {
      const object = await objects.open(address);
      body = object?.body ?? null;
      gzip ||= object?.contentEncoding === 'gzip';
    } else body = await openFile(address);
    if (body === null) return null;
    return spooledManifest(await spoolManifest(body, { format, gzip, shape, bytesMax }));
  };

export const spooledManifest = ({ format, rows, sha256, close }: SpooledManifest): Manifest => ({
  format,
  rows,
  tag: async () => sha256,
  notes: () => [],
  close,
});
