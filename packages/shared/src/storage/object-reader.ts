// Reads objects as streams and lists what lies under a prefix: manifests, and pictures that are to be extended.

import type { Readable } from 'node:stream';
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { type ClientSettings, clientConfig } from './client-config.ts';
import { parseS3Url } from './object-key.ts';
import { type StoreCall, storeFailure } from './store-failure.ts';

export interface ObjectStream {
  readonly body: Readable;
  /** As the store gives it, with its quotes. */
  readonly etag: string | null;
  readonly contentEncoding: string | null;
}

export interface ListedObject {
  readonly key: string;
  readonly bytes: number;
  /** As the store gives it, with its quotes. */
  readonly etag: string | null;
}

export interface ObjectHead {
  readonly bytes: Buffer;
  readonly totalBytes: number | null;
  readonly contentType: string | null;
}

export interface ObjectReader {
  /** Null where there is no such object. Throws as the image store does. */
  open(s3Url: string): Promise<ObjectStream | null>;
  /** The first bytes, at most `bytesMax`. Null where there is no such object. Throws as the image store does. */
  head(s3Url: string, bytesMax: number): Promise<ObjectHead | null>;
  /** The keys that begin with `prefix`, in the store's order; holds one page. Throws as the image store does. */
  list(bucket: string, prefix: string): AsyncGenerator<ListedObject>;
  close(): void;
}

const isMissing = (error: unknown): boolean =>
  error instanceof Error && (error.name === 'NoSuchKey' || error.name === 'NotFound');

/** Connecting and the first bytes are bounded; a body may take as long as its reader. */
export const createObjectReader = (settings: ClientSettings & { requestTimeoutMs: number }): ObjectReader => {
  const client = new S3Client(clientConfig(settings));

  const within = async <T>(call: StoreCall, send: (abortSignal: AbortSignal) => Promise<T>): Promise<T | null> => {
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(new Error('no answer in time')), settings.requestTimeoutMs);
    try {
      return await send(deadline.signal);
    } catch (error) {
      if (isMissing(error)) return null;
      throw storeFailure(error, call);
    } finally {
      clearTimeout(timer);
    }
  };

  return {
    open: async (s3Url) => {
      const { bucket, key } = parseS3Url(s3Url);
      const command = new GetObjectCommand({ Bucket: bucket, Key: key });
      const got = await within({ operation: 'get', bucket, key, conditional: false }, (abortSignal) =>
        client.send(command, { abortSignal }),
      );
      return got === null
        ? null
        : {
            body: got.Body as Readable,
            etag: got.ETag ?? null,
            contentEncoding: got.ContentEncoding ?? null,
          };
    },
    head: async (s3Url, bytesMax) => {
      const { bucket, key } = parseS3Url(s3Url);
      const command = new GetObjectCommand({ Bucket: bucket, Key: key, Range: `bytes=0-${bytesMax - 1}` });
      return within({ operation: 'get', bucket, key, conditional: false }, async (abortSignal) => {
        const got = await client.send(command, { abortSignal });
        const total = /\/(\d+)$/.exec(got.ContentRange ?? '')?.[1] ?? got.ContentLength;
        const bytes = Buffer.from((await got.Body?.transformToByteArray()) ?? []);
        return {
          bytes: bytes.subarray(0, bytesMax),
          totalBytes: total === undefined ? null : Number(total),
          contentType: got.ContentType ?? null,
        };
      });
    },
    async *list(bucket, prefix) {
      let from: string | undefined;
      do {
        const command = new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken: from });
        const page = await within({ operation: 'list', bucket, key: prefix, conditional: false }, (abortSignal) =>
          client.send(command, { abortSignal }),
        );
        for (const { Key, Size, ETag } of page?.Contents ?? []) {
          if (Key !== undefined) yield { key: Key, bytes: Size ?? 0, etag: ETag ?? null };
        }
        from = page?.NextContinuationToken;
      } while (from !== undefined);
    },
    close: () => client.destroy(),
  };
};
