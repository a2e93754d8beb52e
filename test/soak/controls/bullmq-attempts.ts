// A control: plain BullMQ. One job a row, one processor that submits, waits, downloads and puts, `attempts: 5` with backoff.
import { appendFileSync, readFileSync } from 'node:fs';
import { S3Client } from '@aws-sdk/client-s3';
import { type Job, UnrecoverableError, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { type ControlConfig, downloadAndPut, Refused, type ResultLine, submit, waitForTask } from './expand-once.ts';

// node bullmq-attempts.ts CONFIG_FILE
const config = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as ControlConfig;
const { endpoint, region, ...credentials } = config.s3;
const s3 = new S3Client({ endpoint, region, credentials, forcePathStyle: true });

const expand = async ({ data }: Job<{ name: string; source: string }>): Promise<void> => {
  try {
    const taskId = await submit(config, data.source);
    await downloadAndPut(config, s3, data.name, await waitForTask(config, taskId));
  } catch (error) {
    throw error instanceof Refused ? new UnrecoverableError(error.message) : error;
  }
  // Written down by the processor itself, so that a job that is done twice is seen twice.
  const line: ResultLine = { name: data.name, ending: 'delivered' };
  appendFileSync(config.resultsFile, `${JSON.stringify(line)}\n`);
};

const worker = new Worker('expand', expand, {
  connection: new Redis(config.redisUrl, { maxRetriesPerRequest: null }),
  concurrency: config.concurrency,
  lockDuration: config.lockMs,
  stalledInterval: config.lockMs,
});
worker.on('error', () => undefined);
await worker.waitUntilReady();
process.stdout.write('worker started\n');
process.once('SIGTERM', async () => {
  await Promise.race([worker.close(), new Promise((resolve) => setTimeout(resolve, 5_000))]);
  process.exit(0);
});
