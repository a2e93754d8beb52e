// Whether a worker can do its work now: Redis takes writes, the bucket is there; and how the line stands.
import type { BatchStore } from '@outpaint/shared/batch/batch-store';
import { codeOf } from '@outpaint/shared/errors/outpaint-error';
import type { RedisConnection } from '@outpaint/shared/queue/connections';
import type { Keys } from '@outpaint/shared/record/keys';
import type { ImageStore } from '@outpaint/shared/storage/image-store';
import { remembered } from './remembered.ts';
import { within } from './within.ts';

export interface Readiness {
  /** A halted line is ready: polling and delivering go on, and no restart or rerouting opens it. */
  readonly ready: boolean;
  readonly redis: 'ok' | 'failed';
  readonly bucket: 'ok' | 'failed';
  readonly line: 'running' | 'halted' | 'unknown';
  /** Codes of what failed; messages, which may name hosts, are in the log only. */
  readonly problems: readonly string[];
}

const REDIS_TIMEOUT_MS = 2_000;
const BUCKET_TIMEOUT_MS = 5_000;
/** Asking is a request that some stores bill; a store that failed is asked again sooner. */
const BUCKET_KEPT_MS = { good: 10_000, bad: 2_000 } as const;
const MARK_SECONDS = 60;

/** Never rejects; one answer takes at most a few seconds, however the parts hang. */
export const createReadiness = (deps: {
  readonly redis: RedisConnection;
  readonly keys: Pick<Keys, 'prefix'>;
  readonly batches: Pick<BatchStore, 'line'>;
  readonly store: Pick<ImageStore, 'checkBucket'>;
  /** Monotonic ms. */
  readonly now: () => number;
}): (() => Promise<Readiness>) => {
  const problemOf = async (part: string, asked: Promise<unknown>): Promise<string | null> =>
    asked.then(
      () => null,
      (error: unknown) => `${part}: ${codeOf(error)}`,
    );
  // A write, since a full Redis and a replica still answer a PING. One key with a short life, whoever wrote it last.
  const redisProblem = (): Promise<string | null> =>
    problemOf(
      'redis',
      within(REDIS_TIMEOUT_MS, deps.redis.set(`${deps.keys.prefix}write-probe`, '1', 'EX', MARK_SECONDS)),
    );
  const bucketProblem = remembered(
    () =>
      problemOf('bucket', within(BUCKET_TIMEOUT_MS, deps.store.checkBucket(AbortSignal.timeout(BUCKET_TIMEOUT_MS)))),
    (problem) => (problem === null ? BUCKET_KEPT_MS.good : BUCKET_KEPT_MS.bad),
    deps.now,
  );
  const line = (): Promise<Readiness['line']> =>
    within(REDIS_TIMEOUT_MS, deps.batches.line()).then(
      ({ state }) => state,
      () => 'unknown',
    );

  return async () => {
    const [redis, bucket, state] = await Promise.all([redisProblem(), bucketProblem(), line()]);
    return {
      ready: redis === null && bucket === null,
      redis: redis === null ? 'ok' : 'failed',
      bucket: bucket === null ? 'ok' : 'failed',
      line: state,
      problems: [redis, bucket].filter((problem) => problem !== null),
    };
  };
};
