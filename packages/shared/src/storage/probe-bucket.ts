// Tries what a worker will do with the bucket, on one small object of its own: each step an answer, none an exception.
import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { clientConfig } from './client-config.ts';
import { objectKey } from './object-key.ts';
import type { ImageStoreSettings } from './s3-image-store.ts';
import type { StoreErrorCode } from './store-error-table.ts';
import { storeFailure } from './store-failure.ts';

/** Why a step did not work, without anything that was signed. */
export interface ProbeFailure {
  readonly code: StoreErrorCode;
  /** S3's or Node's own name of it: `AccessDenied`, `ECONNREFUSED`, `TimeoutError`. */
  readonly s3Code: string;
  readonly status: number | null;
  readonly message: string;
}

export type ProbeStep<Value = undefined> =
  | { readonly kind: 'done'; readonly value: Value }
  | { readonly kind: 'failed'; readonly failure: ProbeFailure }
  /** A step before it, which it needs, did not work. */
  | { readonly kind: 'skipped' };

export interface BucketProbe {
  readonly key: string;
  /** HEAD of a key that is not there, as before every submit: a store that answers 403 instead of 404 stops submitting. */
  readonly headMissing: ProbeStep<'missing' | 'found'>;
  readonly put: ProbeStep;
  /** The same key again with `If-None-Match: *`. */
  readonly secondPut: ProbeStep<'refused' | 'overwritten'>;
  readonly head: ProbeStep<{ readonly bytes: number; readonly keepsMetadata: boolean }>;
  readonly get: ProbeStep<'same' | 'other'>;
  readonly remove: ProbeStep;
  /** The store's own clock minus ours, in ms, from the `Date` of its last answer; null when none came. */
  readonly clockOffsetMs: number | null;
}

const PROBE = Buffer.from('outpaint doctor: this object may be removed at any time\n');
const METADATA_NAME = 'outpaint-probe';

/**
 * Writes, reads and removes `<prefix>/.outpaint-doctor/<name>`; safe to repeat with another name. Each step takes at most
 * `requestTimeoutMs`. Rights it needs: s3:PutObject, s3:GetObject, s3:ListBucket (for a 404), s3:DeleteObject.
 */
export const probeBucket = async (
  settings: ImageStoreSettings,
  o: { readonly name: string; readonly now: () => number },
): Promise<BucketProbe> => {
  const { bucket: Bucket } = settings;
  const Key = objectKey(settings.prefix, `.outpaint-doctor/${o.name}`);
  const client = new S3Client(clientConfig(settings));
  let clockOffsetMs: number | null = null;
  client.middlewareStack.add(
    (next) => async (args) => {
      const sentAt = o.now();
      const answer = await next(args);
      const headers = (answer.response as { headers?: Record<string, string> }).headers ?? {};
      const date = Date.parse(headers.date ?? '');
      // The header has whole seconds, so half of one is its middle.
      if (!Number.isNaN(date)) clockOffsetMs = Math.round(date + 500 - (sentAt + o.now()) / 2);
      return answer;
    },
    // Nearest to the wire: it must see refusals too, which are thrown further up.
    { step: 'deserialize', priority: 'low' },
  );

  const step = async <Value>(
    operation: 'head' | 'put',
    conditional: boolean,
    send: (abortSignal: AbortSignal) => Promise<Value>,
    expected?: { readonly status: number; readonly value: Value },
  ): Promise<ProbeStep<Value>> => {
    const deadline = AbortSignal.timeout(settings.requestTimeoutMs);
    const late = new Promise<never>((_, reject) => {
      // Credentials are looked for outside the request, where the SDK does not hear the signal.
      deadline.addEventListener('abort', () => reject(deadline.reason), { once: true });
    });
    try {
      return { kind: 'done', value: await Promise.race([send(deadline), late]) };
    } catch (error) {
      const failure = failureOf(deadline.aborted ? deadline.reason : error, operation, conditional, Bucket, Key);
      if (expected !== undefined && failure.status === expected.status) return { kind: 'done', value: expected.value };
      return { kind: 'failed', failure };
    }
  };

  const putOnce = async (conditional: boolean, abortSignal: AbortSignal): Promise<void> => {
    await client.send(
      new PutObjectCommand({
        Bucket,
        Key,
        Body: PROBE,
        ContentLength: PROBE.length,
        ContentType: 'text/plain',
        Metadata: { [METADATA_NAME]: o.name },
        ...(conditional ? { IfNoneMatch: '*' } : {}),
        ...(settings.checksums === 'supported'
          ? { ChecksumSHA256: createHash('sha256').update(PROBE).digest('base64') }
          : {}),
      }),
      { abortSignal },
    );
  };

  try {
    const headMissing = await step<'missing' | 'found'>(
      'head',
      false,
      (abortSignal) => client.send(new HeadObjectCommand({ Bucket, Key }), { abortSignal }).then(() => 'found'),
      { status: 404, value: 'missing' },
    );
    const put = await step<undefined>('put', settings.conditionalPut, async (abortSignal) => {
      await putOnce(settings.conditionalPut, abortSignal);
      return undefined;
    });
    if (put.kind !== 'done') {
      const skipped = { kind: 'skipped' } as const;
      return {
        key: Key,
        headMissing,
        put,
        secondPut: skipped,
        head: skipped,
        get: skipped,
        remove: skipped,
        clockOffsetMs,
      };
    }
    const secondPut = await step<'refused' | 'overwritten'>(
      'put',
      true,
      (abortSignal) => putOnce(true, abortSignal).then(() => 'overwritten'),
      { status: 412, value: 'refused' },
    );
    const head = await step('head', false, async (abortSignal) => {
      const found = await client.send(new HeadObjectCommand({ Bucket, Key }), { abortSignal });
      return { bytes: found.ContentLength ?? -1, keepsMetadata: found.Metadata?.[METADATA_NAME] === o.name };
    });
    const get = await step<'same' | 'other'>('put', false, async (abortSignal) => {
      const found = await client.send(new GetObjectCommand({ Bucket, Key }), { abortSignal });
      const bytes = (await found.Body?.transformToByteArray()) ?? new Uint8Array();
      return PROBE.equals(bytes) ? 'same' : 'other';
    });
    const remove = await step<undefined>('put', false, async (abortSignal) => {
      await client.send(new DeleteObjectCommand({ Bucket, Key }), { abortSignal });
      return undefined;
    });
    return { key: Key, headMissing, put, secondPut, head, get, remove, clockOffsetMs };
  } finally {
    client.destroy();
  }
};

/** What the SDK threw, by the store's own table; HEAD answers have no body and so no name. */
const failureOf = (
  error: unknown,
  operation: 'head' | 'put',
  conditional: boolean,
  bucket: string,
  key: string,
): ProbeFailure => {
  const { code, facts, cause } = storeFailure(error, { operation, bucket, key, conditional });
  const nodeCode = cause instanceof Error && 'code' in cause ? String(cause.code) : null;
  return {
    code: code as StoreErrorCode,
    s3Code: nodeCode ?? String(facts.s3Code),
    status: typeof facts.status === 'number' ? facts.status : null,
    message: cause instanceof Error ? cause.message : '',
  };
};
