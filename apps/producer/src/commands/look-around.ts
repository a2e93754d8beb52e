// What a plan can learn beyond the manifest, where it is told of a Redis and of a bucket; it works without either.
import type { MemoryUse } from '@outpaint/shared/batch/memory-use';
import type { Environment } from '@outpaint/shared/config/settings';
import type { BatchName } from '@outpaint/shared/contract/ids';
import { codeOf } from '@outpaint/shared/errors/outpaint-error';
import { clientSettingsOf } from '@outpaint/shared/storage/client-config';
import { type BucketCount, countInBucket } from '../plan/count-in-bucket.ts';
import type { Measured } from '../plan/eta.ts';
import type { NotLooked } from '../plan/plan-report.ts';
import type { OutputKeys } from '../plan/tally-rows.ts';
import { settingsOf } from './settings-of.ts';

export interface RedisFacts {
  readonly memory: MemoryUse;
  readonly durations: Measured;
  /** Rows that the batch has already; 0 where there is no such batch. */
  readonly rowsKnown: number;
}

const isSet = (env: Environment, name: string): boolean => (env[name]?.trim() ?? '') !== '';

const whyOf = (error: unknown): NotLooked => ({
  why: error instanceof Error ? error.message.replace(/\.$/, '') : codeOf(error),
});

/** Never throws: a plan without these is a plan. Waits four seconds at most for a connection. */
export const askRedis = async (env: Environment, batch: BatchName): Promise<RedisFacts | NotLooked> => {
  if (!isSet(env, 'REDIS_URL')) return { why: 'REDIS_URL is not set' };
  try {
    const { openStores } = await import('../stores/open-stores.ts');
    const stores = await openStores(settingsOf(env, ['redis']), 'plan');
    try {
      const [memory, ordinary, best, known] = await Promise.all([
        stores.memoryUse(),
        stores.durations('ordinary'),
        stores.durations('best'),
        stores.batches.read(batch),
      ]);
      return { memory, durations: { ordinary, best }, rowsKnown: known?.rows ?? 0 };
    } finally {
      await stores.close();
    }
  } catch (error) {
    return whyOf(error);
  }
};

/** Never throws. */
export const askBucket = async (env: Environment, outputs: OutputKeys): Promise<BucketCount | NotLooked> => {
  if (!isSet(env, 'OUTPAINT_BUCKET')) return { why: 'OUTPAINT_BUCKET is not set' };
  try {
    const { store } = settingsOf(env, ['store']);
    const { createObjectReader } = await import('@outpaint/shared/storage/object-reader');
    const objects = createObjectReader({ ...clientSettingsOf(store), requestTimeoutMs: store.s3RequestTimeoutMs });
    try {
      const place = { bucket: env.OUTPAINT_BUCKET?.trim() ?? '', keyPrefix: store.outpaintKeyPrefix };
      return await countInBucket(objects, place, outputs);
    } finally {
      objects.close();
    }
  } catch (error) {
    return whyOf(error);
  }
};
