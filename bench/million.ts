// Measure: a manifest of a million rows accepted, paused, resumed, cancelled and reported, beside one of a thousand.
import { randomUUID } from 'node:crypto';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { startSandbox } from '@outpaint/sandbox/upstream/start-sandbox';
import { createRedisBatchStore } from '@outpaint/shared/batch/redis-batch-store';
import type { BatchName } from '@outpaint/shared/contract/ids';
import { keysOf } from '@outpaint/shared/record/keys';
import { Redis } from 'ioredis';
import { writeManifest } from './support/manifest-of.ts';
import { median } from './support/median.ts';
import { startBenchWorker } from './support/outpaint-run.ts';
import { outpaint } from './support/program-run.ts';
import type { BenchServices, BenchTerms } from './support/services.ts';
import { scriptText, watchScripts } from './support/slowest-script.ts';

const FEW = 1_000;
const NAME = 'catalog' as BatchName;
/** Rows at work meanwhile, so that pausing and cancelling have something to leave alone. */
const WORK = { UPSTREAM_SLOTS: '5', SUBMIT_RATE_PER_SECOND: '5', RETENTION_ROWS_MS: '86400000' };
/** Each command is timed so often, between two of its kind that change something. */
const TURNS = 5;

interface Times {
  readonly accept: number;
  readonly show: number;
  readonly pause: number;
  readonly resume: number;
  readonly cancel: number;
}

const reportRows = async ({ storeEnv }: BenchServices, prefix: string): Promise<number> => {
  const client = new S3Client({
    endpoint: storeEnv.AWS_ENDPOINT_URL_S3 as string,
    region: storeEnv.AWS_REGION as string,
    credentials: {
      accessKeyId: storeEnv.AWS_ACCESS_KEY_ID as string,
      secretAccessKey: storeEnv.AWS_SECRET_ACCESS_KEY as string,
    },
    forcePathStyle: true,
  });
  try {
    const key = `${prefix}/${NAME}/report/manifest.json`;
    const object = await client.send(new GetObjectCommand({ Bucket: storeEnv.OUTPAINT_BUCKET, Key: key }));
    const manifest = JSON.parse((await object.Body?.transformToString()) ?? '{}') as {
      files: Record<string, { rows: number }>;
    };
    return Object.values(manifest.files).reduce((sum, { rows }) => sum + rows, 0);
  } finally {
    client.destroy();
  }
};

const life = async (services: BenchServices, rows: number, say: (line: string) => void): Promise<Times> => {
  const namespace = `bench-${randomUUID()}`;
  const redis = new Redis(services.redisUrl, { maxRetriesPerRequest: null });
  const batches = createRedisBatchStore(redis, keysOf(namespace));
  const sandbox = await startSandbox({
    slots: 5,
    submitRate: 100,
    queryRate: 100,
    serviceMsMedian: 500,
    resultKind: 'tiny',
  });
  const env = { REDIS_URL: services.redisUrl, OUTPAINT_NAMESPACE: namespace };
  const manifest = await writeManifest(rows);
  const scripts = await watchScripts(redis);
  const worker = await startBenchWorker({ services, baseUrl: sandbox.baseUrl, namespace, env: WORK });
  const s = (ms: number): string => (ms / 1_000).toFixed(1);
  try {
    const accepted = await outpaint(env, 'run', manifest.path, '--batch', NAME, '--detach');
    say(
      `  ${rows} rows: accepted in ${s(accepted.ms)} s, most resident memory ${(accepted.peakBytes / 1_048_576).toFixed(0)} MiB`,
    );
    const show: number[] = [];
    const pause: number[] = [];
    const resume: number[] = [];
    for (let turn = 0; turn < TURNS; turn += 1) {
      show.push((await outpaint(env, 'batch', 'show', NAME)).ms);
      pause.push((await outpaint(env, 'batch', 'pause', NAME)).ms);
      resume.push((await outpaint(env, 'batch', 'resume', NAME)).ms);
    }
    const cancel = (await outpaint(env, 'batch', 'cancel', NAME, '--yes', '--detach')).ms;
    const begun = performance.now();
    const until = async (
      is: (batch: NonNullable<Awaited<ReturnType<typeof batches.read>>>) => boolean,
    ): Promise<number> => {
      for (;;) {
        const batch = await batches.read(NAME);
        if (batch !== null && is(batch)) return performance.now() - begun;
        await new Promise((later) => setTimeout(later, 50));
      }
    };
    const ended = await until(({ run }) => run === 'cancelled');
    const told = await until(({ reportedAt }) => reportedAt !== null);
    const batch = await batches.read(NAME);
    const lines = await reportRows(services, namespace);
    if (batch?.rows !== rows || lines !== rows)
      throw new Error(`${lines} lines of ${rows} rows: ${JSON.stringify(batch)}`);
    const longest = await scripts();
    const times = {
      accept: accepted.ms,
      show: median(show),
      pause: median(pause),
      resume: median(resume),
      cancel,
    };
    say(
      `    show ${s(times.show)} s, pause ${s(times.pause)} s, resume ${s(times.resume)} s, cancel ${s(cancel)} s; ` +
        `last row cancelled after ${s(ended)} s, report of ${lines} lines after ${s(told)} s; ${scriptText(longest)}`,
    );
    return times;
  } finally {
    await worker.stop();
    await sandbox.close();
    await manifest.remove();
    await redis.flushall();
    redis.disconnect();
  }
};

export const measureMillion = async (
  services: BenchServices,
  { rows = 1_000_000 }: BenchTerms,
  say: (line: string) => void,
): Promise<void> => {
  say(
    'million: whole commands, start included; a worker is at work, writes the report, and takes the rows to cancelled',
  );
  const few = await life(services, FEW, say);
  const many = await life(services, rows, say);
  const ratio = (what: keyof Times): string => (many[what] / few[what]).toFixed(2);
  say(
    `  ${rows} rows beside ${FEW}: show ${ratio('show')}, pause ${ratio('pause')}, resume ${ratio('resume')}, cancel ${ratio('cancel')}`,
  );
};
