// The control of the worker's CPU: one BullMQ job a row that makes the same calls to the bucket and the API, and keeps nothing.

import { createDownloader } from '@outpaint/shared/download/create-downloader';
import { createImageStore } from '@outpaint/shared/storage/s3-image-store';
import { createUpstream } from '@outpaint/shared/upstream/create-upstream';
import { DelayedError, type Job, Worker } from 'bullmq';
import { Redis } from 'ioredis';

export interface SameCalls {
  readonly redisUrl: string;
  readonly queue: string;
  readonly baseUrl: string;
  readonly bucket: string;
  readonly endpoint: string;
  readonly region: string;
  readonly lookAfterMs: number;
}

interface Row {
  readonly source: string;
  readonly key: string;
  readonly taskId?: string;
}

// node same-calls.ts SETTINGS_AS_JSON
const o = JSON.parse(process.argv[2] ?? '{}') as SameCalls;
const clock = { now: Date.now };
const signal = new AbortController().signal;
const upstream = createUpstream(
  { baseUrl: o.baseUrl, apiKey: 'sk-sandbox', requestTimeoutMs: 30_000, submit5xxInDoubt: false },
  { clock },
);
const downloader = createDownloader({
  hostsAllowed: ['127.0.0.1'],
  addressesAllowed: ['127.0.0.0/8'],
  bytesMax: 16_777_216,
  deadlineMs: 30_000,
});
const store = createImageStore(
  {
    bucket: o.bucket,
    prefix: o.queue,
    endpoint: o.endpoint,
    region: o.region,
    forcePathStyle: true,
    checksums: 'supported',
    conditionalPut: true,
    requestTimeoutMs: 30_000,
  },
  clock,
);

const run = async (job: Job<Row>, token?: string): Promise<void> => {
  const { source, key, taskId } = job.data;
  if (taskId === undefined) {
    await store.head(key, signal);
    const answer = await upstream.submit({ imageUrl: source, parameters: { x_scale: 1.5 } }, { signal });
    if (answer.kind !== 'accepted') throw new Error(`submit: ${answer.kind}`);
    await job.updateData({ ...job.data, taskId: answer.taskId });
    await job.moveToDelayed(Date.now() + o.lookAfterMs, token);
    throw new DelayedError();
  }
  const task = await upstream.query(taskId, { signal });
  if (task.kind !== 'task' || task.resultUrl === null) throw new Error(`task: ${JSON.stringify(task)}`);
  const picture = await downloader.download(task.resultUrl, signal);
  await store.put(
    {
      key,
      body: picture.bytes,
      contentType: picture.image.contentType,
      sha256Hex: picture.sha256Hex,
      expansionId: key,
      taskId,
    },
    signal,
  );
};

const connection = new Redis(o.redisUrl, { maxRetriesPerRequest: null });
const worker = new Worker<Row>(o.queue, run, { connection, concurrency: 32 });
worker.on('failed', (_job, error) => process.stderr.write(`${error.message}\n`));
await worker.waitUntilReady();
process.stdout.write('worker started\n');
process.once('SIGTERM', async () => {
  await worker.close();
  process.exit(0);
});
