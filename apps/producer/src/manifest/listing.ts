// The pictures under `s3://bucket/prefix/` as rows: one for each, named by its key below the prefix.
import { createHash } from 'node:crypto';
import type { BatchName } from '@outpaint/shared/contract/ids';
import { OutpaintError } from '@outpaint/shared/errors/outpaint-error';
import { objectKey } from '@outpaint/shared/storage/object-key';
import type { ListedObject, ObjectReader } from '@outpaint/shared/storage/object-reader';
import type { ManifestRow } from './manifest-row.ts';
import { boundRows } from './read-manifest.ts';
import type { RowShape } from './row-shape.ts';

/** By their names, for a listing says no content type. The API takes JPEG, PNG, HEIF and WebP. */
const PICTURE = /\.(?:jpe?g|png|webp|hei[cf])$/i;

export interface Listing {
  rows(): AsyncGenerator<ManifestRow>;
  /** SHA-256 of all names and contents, by a listing of its own. */
  tag(): Promise<string>;
  /** Objects of the last reading that are no pictures by their names, or empty; folders' own markers are not counted. */
  leftOut(): number;
}

export interface OwnOutput {
  readonly bucket: string;
  readonly keyPrefix: string;
}

export interface ListingTerms {
  readonly shape: RowShape;
  readonly batch: BatchName;
  /** Null where it is not known where pictures are put. */
  readonly own: OwnOutput | null;
}

const PARTS = /^s3:\/\/([A-Za-z0-9][A-Za-z0-9._-]{1,61}[A-Za-z0-9])\/(.*\/)?$/s;

export const isListing = (address: string): boolean => PARTS.test(address);

/** Pictures that were made must not be found as pictures to be made, by the next run or by this one. */
const demandApart = (bucket: string, prefix: string, batch: BatchName, own: OwnOutput): void => {
  if (bucket !== own.bucket || !objectKey(own.keyPrefix, `${batch}/`).startsWith(prefix)) return;
  throw new OutpaintError(
    'manifest_unreadable',
    `The pictures of the batch ${batch} would be put below s3://${bucket}/${prefix}, where its sources are listed from, and would be extended again by the next run. Name the batch otherwise with --batch, or set OUTPAINT_KEY_PREFIX.`,
  );
};

/**
 * Reads the list anew each time, a page at a time.
 * Throws `manifest_unreadable`, `manifest_mapping_invalid` and, while reading, what the store throws.
 */
export const openListing = (address: string, objects: Pick<ObjectReader, 'list'>, terms: ListingTerms): Listing => {
  const [, bucket = '', prefix = ''] = PARTS.exec(address) ?? [];
  const { shape, batch, own } = terms;
  if (shape.columns !== null)
    throw new OutpaintError('manifest_mapping_invalid', 'A listing has no columns: leave --map out, --set is enough.');
  if (own !== null) demandApart(bucket, prefix, batch, own);
  let leftOut = 0;

  async function* pictures(): AsyncGenerator<ListedObject> {
    leftOut = 0;
    for await (const object of objects.list(bucket, prefix)) {
      if (PICTURE.test(object.key) && object.bytes > 0) yield object;
      else if (!object.key.endsWith('/')) leftOut += 1;
    }
  }
  async function* rows(): AsyncGenerator<ManifestRow> {
    let line = 0;
    for await (const { key } of pictures()) {
      line += 1;
      const value = { custom_id: key.slice(prefix.length), source: `s3://${bucket}/${key}` };
      yield { line, ok: true, value, origin: { text: JSON.stringify(value) } };
    }
  }
  return {
    rows: () => boundRows(rows(), { shape }),
    tag: async () => {
      const hash = createHash('sha256');
      for await (const { key, bytes, etag } of pictures()) hash.update(`${key}\0${bytes}\0${etag}\0`);
      return hash.digest('hex');
    },
    leftOut: () => leftOut,
  };
};
