// A HEAD that means it: S3 answers 404 for a missing bucket as for a missing object, without a body that tells them apart.
import { codeOf } from '@outpaint/shared/errors/outpaint-error';
import type { ImageStore } from '@outpaint/shared/storage/image-store';
import type { Logger } from '@outpaint/shared/telemetry/logger';
import { remembered } from '../health/remembered.ts';

/** At the account's two submits a second, so few pictures are paid when a bucket goes away under a worker. */
const BUCKET_KEPT_MS = 2_000;

/**
 * `null` only where the bucket itself was there a moment ago; throws what `checkBucket` throws otherwise, and then nobody
 * may pay. `lastCall` cuts the question short.
 */
export const createSureHead = (
  store: Pick<ImageStore, 'head' | 'checkBucket'>,
  lastCall: AbortSignal,
  now: () => number,
): ImageStore['head'] => {
  const bucketIsThere = remembered(
    () => store.checkBucket(lastCall),
    () => BUCKET_KEPT_MS,
    now,
  );
  return async (key, signal) => {
    const object = await store.head(key, signal);
    if (object === null) await bucketIsThere();
    return object;
  };
};

/** For the start, and not waited for: a store that is away then may come back like at any other time. Never rejects. */
export const sayIfNoBucket = async (
  store: Pick<ImageStore, 'checkBucket'>,
  lastCall: AbortSignal,
  log: Logger,
): Promise<void> => {
  try {
    await store.checkBucket(lastCall);
  } catch (error) {
    log.error(
      { code: codeOf(error), problem: error instanceof Error ? error.message : String(error) },
      'nothing is submitted until the bucket can be used; outpaint doctor says what is wrong with it',
    );
  }
};
