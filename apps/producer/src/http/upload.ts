// A manifest that is sent: which media types, and how it is put aside.
import { Readable } from 'node:stream';
import type { FastifyRequest } from 'fastify';
import type { ManifestFormat } from '../manifest/manifest-format.ts';
import type { RowShape } from '../manifest/row-shape.ts';
import { type SpooledManifest, spoolManifest } from '../manifest/spool-manifest.ts';
import { HttpProblem } from './problem.ts';

/** The media types of a manifest; the body is then passed on as a stream. */
export const FORMAT_OF_TYPE: Readonly<Record<string, ManifestFormat>> = {
  'text/csv': 'csv',
  'text/tab-separated-values': 'tsv',
  'application/jsonl': 'jsonl',
  'application/x-ndjson': 'jsonl',
};

export interface UploadTerms {
  /** Bytes, after unpacking. */
  readonly max: number;
  readonly shape: RowShape;
}

/** Throws as {@link spoolManifest} does, and `media_type_unknown`. */
export const receiveUpload = async (
  body: Readable,
  format: ManifestFormat,
  encoding: string | undefined,
  { max: bytesMax, shape }: UploadTerms,
): Promise<SpooledManifest> => {
  if (encoding !== undefined && encoding !== 'gzip' && encoding !== 'identity')
    throw new HttpProblem('media_type_unknown', 'Content-Encoding may be gzip, or be left out.');
  return spoolManifest(body, { format, gzip: encoding === 'gzip', bytesMax, shape });
};

/** The media type of a request without its parameters; empty where there is none. */
export const typeOf = (request: FastifyRequest): string =>
  (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';

/** A JSON list is a small manifest: it goes the same way, one line for each entry. */
export const uploadOf = async (
  body: unknown,
  type: string,
  encoding: string | undefined,
  terms: UploadTerms,
): Promise<SpooledManifest> => {
  const format = FORMAT_OF_TYPE[type];
  if (format !== undefined && body instanceof Readable) return receiveUpload(body, format, encoding, terms);
  if (!Array.isArray(body)) {
    throw new HttpProblem(
      'media_type_unknown',
      'Send text/csv, application/jsonl, or application/json with a list of expansions or { "manifest": "s3://…" }.',
    );
  }
  const lines = body.map((row) => `${JSON.stringify(row)}\n`).join('');
  return receiveUpload(Readable.from([Buffer.from(lines, 'utf8')]), 'jsonl', undefined, terms);
};
