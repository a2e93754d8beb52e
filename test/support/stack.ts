// Everything a journey needs: sandbox upstream, bucket, namespace, and workers as processes of their own.
import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import type { SandboxOptions } from '@outpaint/sandbox/upstream/sandbox-options';
import { type Sandbox, startSandbox } from '@outpaint/sandbox/upstream/start-sandbox';
import type { Batch } from '@outpaint/shared/batch/batch';
import { ACCEPT_ROWS_MAX } from '@outpaint/shared/batch/batch-store';
import type { BatchName, ExpansionId } from '@outpaint/shared/contract/ids';
import type { ExpansionRequest } from '@outpaint/shared/contract/request';
import { connectWorker } from '@outpaint/shared/queue/connections';
import { createTokenQueues, type TokenQueues } from '@outpaint/shared/queue/token-queues';
import { onTestFinished } from 'vitest';
import { type Program, spawnProgram } from './child.ts';
import { type FreshBucket, freshBucket } from './s3-server.ts';
import { openStores, type TestStores } from './stores.ts';
import { waitFor } from './wait-for.ts';

export interface Stack extends TestStores {
  readonly sandbox: Sandbox;
  readonly bucket: FreshBucket;
  readonly queues: TokenQueues;
  /** The whole environment of a program of ours that works on this stack. */
  readonly env: Record<string, string>;
  /** A worker of its own process; resolves when it has started. */
  startWorker(o?: { env?: Record<string, string>; args?: readonly string[] }): Promise<Program>;
  accept(batch: BatchName, requests: readonly ExpansionRequest[]): Promise<ExpansionId[]>;
  batch(name: BatchName): Promise<Batch>;
  waitForBatch(name: BatchName, description: string, is: (batch: Batch) => boolean, timeoutMs?: number): Promise<Batch>;
  waitUntilFinished(name: BatchName, timeoutMs?: number): Promise<Batch>;
  /** Without the notes and reports of the installation itself. */
  keysInBucket(): Promise<string[]>;
}

/** Fast enough for tests; no guarantee rests on any of these being long. */
export const FAST_ENV: Record<string, string> = {
  DASHSCOPE_API_KEY: 'sk-sandbox',
  RESULT_HOSTS_ALLOWED: '127.0.0.1',
  RESULT_ADDRESSES_ALLOWED: '127.0.0.0/8',
  SUBMIT_RATE_PER_SECOND: '1000',
  QUERY_RATE_PER_SECOND: '1000',
  UPSTREAM_SLOTS: '20',
  UPSTREAM_OVERHANG: '4',
  UPSTREAM_REQUEST_TIMEOUT_MS: '1500',
  DOUBT_SETTLE_MS: '5000',
  DOUBT_LATE_MS: '200',
  POLL_DELAY_MS_MIN: '40',
  POLL_DELAY_MS_MAX: '200',
  // What tests count is looks at single tasks; the list has tests of its own.
  LIST_WATCH: 'false',
  RETRY_DELAY_MS_MIN: '20',
  RETRY_DELAY_MS_MAX: '200',
  TRANSIENT_ATTEMPTS_MAX: '3',
  RESULT_DEADLINE_MS: '3000',
  S3_REQUEST_TIMEOUT_MS: '3000',
  SWEEP_EVERY_MS: '100',
  FEED_EVERY_MS: '50',
  RECONCILE_EVERY_MS: '200',
  RESCUE_MARGIN_MS: '1500',
  LINE_PROBE_MS_MIN: '200',
  LINE_PROBE_MS_MAX: '1000',
  LOG_LEVEL: 'info',
  LOG_FORMAT: 'json',
};

const FAST_SANDBOX: Partial<SandboxOptions> = {
  slots: 20,
  submitRate: 100_000,
  queryRate: 100_000,
  serviceMsMedian: 60,
  serviceSigma: 0.3,
  resultKind: 'tiny',
};

/** What the installation keeps beside the pictures: its notes, and the reports of batches. */
const isNote = (key: string | undefined): boolean => /(^|\/)\.outpaint\/|\/report\/[a-z]+\.jsonl?$/.test(key ?? '');

export const startStack = async (
  o: { sandbox?: Partial<SandboxOptions>; env?: Record<string, string>; redisUrl?: string } = {},
): Promise<Stack> => {
  const stores = openStores({ realTime: true, ...(o.redisUrl === undefined ? {} : { redisUrl: o.redisUrl }) });
  const redisUrl = o.redisUrl ?? `redis://${stores.redis.options.host}:${stores.redis.options.port}`;
  const sandbox = await startSandbox({ ...FAST_SANDBOX, ...o.sandbox });
  const bucket = await freshBucket();
  const queueConnection = connectWorker(redisUrl, 'test-queues');
  queueConnection.on('error', () => undefined);
  const queues = createTokenQueues(queueConnection, stores.keys.queuePrefix, () => undefined);
  onTestFinished(async () => {
    await sandbox.close();
    queueConnection.disconnect();
  });
  const env = {
    ...FAST_ENV,
    ...bucket.env,
    DASHSCOPE_BASE_URL: sandbox.baseUrl,
    REDIS_URL: redisUrl,
    OUTPAINT_NAMESPACE: stores.namespace,
    ...o.env,
  };

  const batch = async (name: BatchName): Promise<Batch> => {
    const found = await stores.batches.read(name);
    if (found === null) throw new Error(`no batch ${name}`);
    return found;
  };
  const waitForBatch: Stack['waitForBatch'] = (name, description, is, timeoutMs = 120_000) =>
    waitFor(
      `batch ${name}: ${description}`,
      async () => {
        const now = await batch(name);
        if (is(now)) return now;
        throw new Error(JSON.stringify(now));
      },
      { timeoutMs },
    );

  return {
    ...stores,
    sandbox,
    bucket,
    queues,
    env,
    startWorker: async ({ env: more = {}, args = [] } = {}) => {
      const worker = spawnProgram('apps/worker/src/main.ts', { env: { ...env, ...more }, args });
      await worker.waitForLine(/"msg":"worker started"/);
      return worker;
    },
    accept: async (name, requests) => {
      await stores.batches.open(name, {});
      const ids: ExpansionId[] = [];
      for (let i = 0; i < requests.length; i += ACCEPT_ROWS_MAX) {
        const answers = await stores.batches.accept(name, requests.slice(i, i + ACCEPT_ROWS_MAX));
        ids.push(...answers.map((answer) => answer.id));
      }
      return ids;
    },
    batch,
    waitForBatch,
    waitUntilFinished: (name, timeoutMs) =>
      waitForBatch(name, 'finished', (now) => now.state === 'finished', timeoutMs),
    keysInBucket: async () => {
      const keys: string[] = [];
      let token: string | undefined;
      do {
        const page = await bucket.client.send(
          new ListObjectsV2Command({
            Bucket: bucket.bucket,
            ...(token === undefined ? {} : { ContinuationToken: token }),
          }),
        );
        keys.push(...(page.Contents ?? []).flatMap((object) => (isNote(object.Key) ? [] : (object.Key ?? []))));
        token = page.NextContinuationToken;
      } while (token !== undefined);
      return keys.sort();
    },
  };
};
