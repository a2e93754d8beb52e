// Reads whole objects as streams: manifests that lie in a bucket.

import type { Readable } from 'node:stream';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { type ClientSettings, clientConfig } from './client-config.ts';
import { parseS3Url } from './object-key.ts';
import { storeFailure } from './store-failure.ts';

export interface ObjectStream {
  readonly body: Readable;
  /** As the store gives it, with its quotes. */
  readonly etag: string | null;
  readonly contentEncoding: string | null;
}

export interface ObjectReader {
  /** Null where there is no such object. Throws as the image store does. */
  open(s3Url: string): Promise<ObjectStream | null>;
  close(): void;
}

const isMissing = (error: unknown): boolean =>
  error instanceof Error && (error.name === 'NoSuchKey' || error.name === 'NotFound');

/** Connecting and the first bytes are bounded; a body may take as long as its reader. */
export const createObjectReader = (settings: ClientSettings & { requestTimeoutMs: number }): ObjectReader => {
  const client = new S3Client(clientConfig(settings));
  return {
    open: async (s3Url) => {
      const { bucket, key } = parseS3Url(s3Url);
      const deadline = new AbortController();
      const timer = setTimeout(() => deadline.abort(new Error('no answer in time')), settings.requestTimeoutMs);
      try {
        const got = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }), {
          abortSignal: deadline.signal,
        });
        return {
          body: got.Body as Readable,
          etag: got.ETag ?? null,
          contentEncoding: got.ContentEncoding ?? null,
        };
      } catch (error) {
        if (isMissing(error)) return null;
        throw storeFailure(error, { operation: 'get', bucket, key, conditional: false });
      } finally {
        clearTimeout(timer);
      }
    },
    close: () => client.destroy(),
  };
};
