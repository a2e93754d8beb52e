// A command's manifest, which can be read more than once: a file, standard input, an object or a listing of a bucket.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import type { BatchName } from '@outpaint/shared/contract/ids';
import { codeOf, OutpaintError } from '@outpaint/shared/errors/outpaint-error';
import { clientSettingsOf } from '@outpaint/shared/storage/client-config';
import type { ObjectReader } from '@outpaint/shared/storage/object-reader';
import { isListing, type OwnOutput } from '../manifest/listing.ts';
import { type ManifestFormat, manifestFormatOf } from '../manifest/manifest-format.ts';
import {
  createOpenManifest,
  listingManifest,
  type Manifest,
  spooledManifest,
  withoutGz,
} from '../manifest/open-manifest.ts';
import { readManifest } from '../manifest/read-manifest.ts';
import type { RowShape } from '../manifest/row-shape.ts';
import { spoolManifest, startsWithGzip } from '../manifest/spool-manifest.ts';
import { STDIN_PATH } from './batch-name-of.ts';
import type { CommandContext } from './context.ts';
import { settingsOf } from './settings-of.ts';

export interface ManifestTerms {
  readonly format?: string | undefined;
  readonly shape: RowShape;
  readonly batch: BatchName;
}

type Surroundings = Pick<CommandContext, 'stdin' | 'env'>;

/** A million rows with long addresses take about 300 MB; more than this is not a manifest. */
const SPOOLED_BYTES_MAX = 4 * 1024 ** 3;

const unreadable = (path: string, error: unknown): OutpaintError => {
  const why = { ENOENT: 'there is no such file', EISDIR: 'it is a folder', EACCES: 'reading it is not allowed' }[
    codeOf(error)
  ];
  return new OutpaintError('manifest_unreadable', `The manifest ${path} cannot be read: ${why ?? codeOf(error)}.`, {
    cause: error,
  });
};

/** Throws `manifest_unreadable`, `manifest_format_unknown`, what {@link spoolManifest} throws, or what a store throws. */
export const openManifest = async (
  path: string,
  terms: ManifestTerms,
  surroundings: Surroundings,
): Promise<Manifest> => {
  const { shape, batch } = terms;
  if (isListing(path)) {
    const objects = await openObjects(surroundings);
    const manifest = listingManifest(path, objects, { shape, batch, own: ownOutputOf(surroundings) });
    return { ...manifest, close: async () => objects.close() };
  }
  const format = manifestFormatOf(withoutGz(path), terms.format);
  if (path === STDIN_PATH) {
    const { stdin } = surroundings;
    const gzip = await startsWithGzip(stdin);
    return spooledManifest(await spoolManifest(stdin, { format, gzip, shape, bytesMax: SPOOLED_BYTES_MAX }));
  }
  const isObject = path.startsWith('s3://');
  if (!isObject) await demandFile(path);
  if (!isObject && withoutGz(path) === path) return plainFile(path, format, shape);
  const objects = isObject ? await openObjects(surroundings) : NO_OBJECTS;
  try {
    const open = createOpenManifest({ objects, bytesMax: SPOOLED_BYTES_MAX, own: null });
    const found = await open(path, { format, shape, batch });
    if (found === null) throw new OutpaintError('manifest_unreadable', `There is no object at ${path}.`);
    return found;
  } finally {
    objects.close();
  }
};

const plainFile = (path: string, format: ManifestFormat, shape: RowShape): Manifest => ({
  format,
  rows: () => readManifest(createReadStream(path), format, { shape }),
  tag: async () => {
    const hash = createHash('sha256');
    await pipeline(createReadStream(path), hash);
    return hash.digest('hex');
  },
  notes: () => [],
  close: async () => undefined,
});

/** Where pictures are put, if this desk knows it. */
const ownOutputOf = ({ env }: Pick<Surroundings, 'env'>): OwnOutput | null => {
  const bucket = env.OUTPAINT_BUCKET?.trim() ?? '';
  return bucket === '' ? null : { bucket, keyPrefix: settingsOf(env, ['store']).store.outpaintKeyPrefix };
};

const nothing = (): never => {
  throw new Error('a file is no object');
};
const NO_OBJECTS: Pick<ObjectReader, 'open' | 'list' | 'close'> = {
  open: nothing,
  list: nothing,
  close: () => undefined,
};

const demandFile = async (path: string): Promise<void> => {
  const file = await open(path).catch((error: unknown) => {
    throw unreadable(path, error);
  });
  const isFolder = (await file.stat()).isDirectory();
  await file.close();
  if (isFolder) throw unreadable(path, { code: 'EISDIR' });
};

/** Loaded only where an object is read: the store's client takes a quarter of a second. */
const openObjects = async ({ env }: Pick<Surroundings, 'env'>): Promise<ObjectReader> => {
  const { store } = settingsOf(env, ['store']);
  const { createObjectReader } = await import('@outpaint/shared/storage/object-reader');
  return createObjectReader({ ...clientSettingsOf(store), requestTimeoutMs: store.s3RequestTimeoutMs });
};
