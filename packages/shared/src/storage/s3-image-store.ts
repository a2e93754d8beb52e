// The image store on S3: one request per call, conditional, with a known length and checksum.
import { GetObjectCommand, HeadBucketCommand, HeadObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { OutpaintError } from '../errors/outpaint-error.ts';
import { type ClientSettings, clientConfig } from './client-config.ts';
import type { ImageStore, ObjectToPut, PutResult, StoredObject } from './image-store.ts';
import { objectKey, parseS3Url } from './object-key.ts';
import { metadataOf, storedObject } from './object-metadata.ts';
import { type StoreCall, storeFailure } from './store-failure.ts';

export interface ImageStoreSettings extends ClientSettings {
  bucket: string;
  /** Before every key, with a slash between; may be empty. */
  prefix: string;
  /** `supported` sends a SHA-256 for the store to check; `required` sends none, for stores that know no checksums. */
  checksums: 'supported' | 'required';
  /** False for stores that refuse or ignore `If-None-Match` on a PUT: it is then looked first, which leaves a small gap. */
  conditionalPut: boolean;
  /** For a whole call, connecting and answer included. */
  requestTimeoutMs: number;
}

export interface ImageStoreDeps {
  /** Milliseconds since 1970; dates presigned URLs. */
  now(): number;
}

/** A note is a few hundred bytes; whatever else lies there is not read into memory. */
const NOTE_BYTES_MAX = 65_536;
/** SigV4's own limit for a presigned URL. */
const PRESIGN_SECONDS_MAX = 7 * 24 * 3600;

const isStatus = (error: unknown, status: number): boolean =>
  error instanceof Error &&
  (error as Error & { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode === status;

/** Opens no connection. See ImageStore for what is thrown. */
export const createImageStore = (settings: ImageStoreSettings, deps: ImageStoreDeps): ImageStore => {
  const client = new S3Client(clientConfig(settings));
  const { bucket } = settings;

  /** One call with a deadline; `null` when the answer has the status in `expected`. */
  const ask = async <T>(
    call: StoreCall,
    expected: number | null,
    signal: AbortSignal | undefined,
    send: (abortSignal: AbortSignal) => Promise<T>,
  ): Promise<T | null> => {
    signal?.throwIfAborted();
    const deadline = AbortSignal.timeout(settings.requestTimeoutMs);
    try {
      return await send(signal === undefined ? deadline : AbortSignal.any([signal, deadline]));
    } catch (error) {
      if (expected !== null && isStatus(error, expected)) return null;
      // The caller gave up: that is its own business, not the store's failure.
      if (signal?.aborted && !deadline.aborted) throw signal.reason;
      // The SDK's AbortError says nothing of why; the deadline's own reason does.
      throw storeFailure(deadline.aborted ? deadline.reason : error, call);
    }
  };

  const head = async (key: string, signal?: AbortSignal): Promise<StoredObject | null> => {
    const fullKey = objectKey(settings.prefix, key);
    const call: StoreCall = { operation: 'head', bucket, key: fullKey, conditional: false };
    const command = new HeadObjectCommand({ Bucket: bucket, Key: fullKey });
    const found = await ask(call, 404, signal, (abortSignal) => client.send(command, { abortSignal }));
    return found === null ? null : storedObject(found);
  };

  const put = async (object: ObjectToPut, signal?: AbortSignal): Promise<PutResult> => {
    const fullKey = objectKey(settings.prefix, object.key);
    if (!settings.conditionalPut) {
      const before = await head(object.key, signal);
      if (before !== null) return { kind: 'exists', etag: before.etag };
    }
    const command = new PutObjectCommand({
      Bucket: bucket,
      Key: fullKey,
      Body: object.body,
      ContentLength: object.body.length,
      ContentType: object.contentType,
      Metadata: metadataOf(object),
      ...(settings.conditionalPut ? { IfNoneMatch: '*' } : {}),
      ...(settings.checksums === 'supported'
        ? { ChecksumSHA256: Buffer.from(object.sha256Hex, 'hex').toString('base64') }
        : {}),
    });
    const call: StoreCall = { operation: 'put', bucket, key: fullKey, conditional: settings.conditionalPut };
    const stored = await ask(call, settings.conditionalPut ? 412 : null, signal, (abortSignal) =>
      client.send(command, { abortSignal }),
    );
    return stored === null ? { kind: 'exists', etag: null } : { kind: 'stored', etag: stored.ETag ?? null };
  };

  const presignSource = async (s3Url: string, secondsValid: number): Promise<string> => {
    const source = parseS3Url(s3Url);
    if (!(secondsValid >= 1 && secondsValid <= PRESIGN_SECONDS_MAX)) {
      const message = `A URL can be signed for 1 to ${PRESIGN_SECONDS_MAX} seconds, not ${secondsValid}`;
      throw new OutpaintError('request_invalid', message, { facts: { secondsValid } });
    }
    const command = new GetObjectCommand({ Bucket: source.bucket, Key: source.key });
    const signing = { expiresIn: Math.floor(secondsValid), signingDate: new Date(deps.now()) };
    return getSignedUrl(client, command, signing).catch((error: unknown) => {
      throw storeFailure(error, { operation: 'presign', ...source, conditional: false });
    });
  };

  const checkBucket = async (signal?: AbortSignal): Promise<void> => {
    const call: StoreCall = { operation: 'check-bucket', bucket, key: null, conditional: false };
    const command = new HeadBucketCommand({ Bucket: bucket });
    await ask(call, null, signal, (abortSignal) => client.send(command, { abortSignal }));
  };

  const readNote = async (key: string): Promise<string | null> => {
    const fullKey = objectKey(settings.prefix, key);
    const call: StoreCall = { operation: 'read-note', bucket, key: fullKey, conditional: false };
    const command = new GetObjectCommand({ Bucket: bucket, Key: fullKey, Range: `bytes=0-${NOTE_BYTES_MAX - 1}` });
    return ask(call, 404, undefined, async (abortSignal) => {
      const found = await client.send(command, { abortSignal });
      return (await found.Body?.transformToString('utf-8')) ?? '';
    });
  };

  const writeNote = async (key: string, text: string): Promise<void> => {
    const fullKey = objectKey(settings.prefix, key);
    const call: StoreCall = { operation: 'write-note', bucket, key: fullKey, conditional: false };
    const body = Buffer.from(text, 'utf8');
    const command = new PutObjectCommand({
      Bucket: bucket,
      Key: fullKey,
      Body: body,
      ContentLength: body.length,
      ContentType: 'application/json',
    });
    await ask(call, null, undefined, (abortSignal) => client.send(command, { abortSignal }));
  };

  return {
    head,
    put,
    presignSource,
    checkBucket,
    readNote,
    writeNote,
    location: (key) => `s3://${bucket}/${objectKey(settings.prefix, key)}`,
    close: () => client.destroy(),
  };
};
