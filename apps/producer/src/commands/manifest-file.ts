// A command's manifest, which can be read more than once: a file, standard input, or an object in a bucket; gzip or not.
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { codeOf, OutpaintError } from '@outpaint/shared/errors/outpaint-error';
import { clientSettingsOf } from '@outpaint/shared/storage/client-config';
import type { ObjectReader } from '@outpaint/shared/storage/object-reader';
import { manifestFormatOf } from '../manifest/manifest-format.ts';
import type { ManifestRow } from '../manifest/manifest-row.ts';
import { createOpenManifest, withoutGz } from '../manifest/open-manifest.ts';
import { readManifest } from '../manifest/read-manifest.ts';
import type { RowShape } from '../manifest/row-shape.ts';
import { spoolManifest, startsWithGzip } from '../manifest/spool-manifest.ts';
import { STDIN_PATH } from './batch-name-of.ts';
import type { CommandContext } from './context.ts';
import { settingsOf } from './settings-of.ts';

export interface ManifestFile {
  /** All rows from the first; each call reads anew. */
  rows(): AsyncGenerator<ManifestRow>;
  /** Removes what was put aside. Safe to repeat. */
  close(): Promise<void>;
}

export interface ManifestTerms {
  readonly format?: string | undefined;
  readonly shape: RowShape;
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
  { format, shape }: ManifestTerms,
  surroundings: Surroundings,
): Promise<ManifestFile> => {
  const known = manifestFormatOf(withoutGz(path), format);
  if (path === STDIN_PATH) {
    const { stdin } = surroundings;
    return spoolManifest(stdin, {
      format: known,
      gzip: await startsWithGzip(stdin),
      shape,
      bytesMax: SPOOLED_BYTES_MAX,
    });
  }
  const isObject = path.startsWith('s3://');
  if (!isObject) await demandFile(path);
  if (!isObject && withoutGz(path) === path) {
    return { rows: () => readManifest(createReadStream(path), known, { shape }), close: async () => undefined };
  }
  const objects = isObject ? await openObjects(surroundings) : NO_OBJECTS;
  try {
    const found = await createOpenManifest({ objects, bytesMax: SPOOLED_BYTES_MAX })(path, { format: known, shape });
    if (found === null) throw new OutpaintError('manifest_unreadable', `There is no object at ${path}.`);
    return found;
  } finally {
    objects.close();
  }
};

const NO_OBJECTS: Pick<ObjectReader, 'open' | 'close'> = { open: async () => null, close: () => undefined };

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
