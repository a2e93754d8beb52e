// A manifest that is sent: which media types, and how it is put aside.
import type { Readable } from 'node:stream';
import type { ManifestFormat } from '../manifest/manifest-format.ts';
import { type SpooledManifest, spoolManifest } from '../manifest/spool-manifest.ts';
import { HttpProblem } from './problem.ts';

/** The media types of a manifest; the body is then passed on as a stream. */
export const FORMAT_OF_TYPE: Readonly<Record<string, ManifestFormat>> = {
  'text/csv': 'csv',
  'text/tab-separated-values': 'tsv',
  'application/jsonl': 'jsonl',
  'application/x-ndjson': 'jsonl',
};

/** Throws as {@link spoolManifest} does, and `media_type_unknown`. */
export const receiveUpload = async (
  body: Readable,
  format: ManifestFormat,
  encoding: string | undefined,
  bytesMax: number,
): Promise<SpooledManifest> => {
  if (encoding !== undefined && encoding !== 'gzip' && encoding !== 'identity')
    throw new HttpProblem('media_type_unknown', 'Content-Encoding may be gzip, or be left out.');
  return spoolManifest(body, { format, gzip: encoding === 'gzip', bytesMax });
};
