// Measure three: what the engine itself costs per row, in Redis commands, bytes and worker CPU, beside bare BullMQ.
import { randomUUID } from 'node:crypto';
import { startSandbox } from '@outpaint/sandbox/upstream/start-sandbox';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { median, spread } from './support/median.ts';
import { runOutpaint } from './support/outpaint-run.ts';
import { type RedisUsage, readRedisUsage, usageBetween } from './support/redis-usage.ts';
import type { BenchServices, BenchTerms } from './support/services.ts';
import { startProgram } from './support/worker-process.ts';

const ROWS = 1_000;
const PAYLOAD_CHARS = 290;
/** When a task is first looked at; it has ended by then. */
const LOOK_MS = 200;

interface Cost {
  readonly commands: number;
  readonly bytes: number;
  readonly workerCpuMs: number;
}

const perRow = (usage: RedisUsage, cpuMs: number): Cost => ({
  commands: usage.commands / ROWS,
  bytes: usage.bytes / ROWS,
  workerCpuMs: cpuMs / ROWS,
});

/** Service times of one poll each, so that what is measured is the engine's way and not the waiting. */
const startQuickSandbox = () =>
  startSandbox({
    slots: 200,
    submitRate: 100_000,
    queryRate: 100_000,
    serviceMsMedian: 20,
    serviceSigma: 0,
    resultKind: 'tiny',
  });

const costOfOutpaint = async (services: BenchServices, redis: Redis): Promise<Cost> => {
  const sandbox = await startQuickSandbox();
  let before: { usage: RedisUsage; cpuMs: number } | null = null;
  let cost: Cost | null = null;
  try {
    await runOutpaint({
      services,
      baseUrl: sandbox.baseUrl,
      sources: Array.from({ length: ROWS }, (_, i) => sandbox.pictureUrl(`row-${i}.jpg`)),
      env: {
        UPSTREAM_SLOTS: '100',
        UPSTREAM_OVERHANG: '0',
        SUBMIT_RATE_PER_SECOND: '1000',
        QUERY_RATE_PER_SECOND: '1000',
        UNDELIVERED_MAX: '500',
        SUBMIT_CONCURRENCY: '16',
        POLL_DELAY_MS_MIN: String(LOOK_MS),
        POLL_DELAY_MS_MAX: String(LOOK_MS),
      },
      around: async (worker, moment) => {
        const now = { usage: await readRedisUsage(redis), cpuMs: await worker.cpuMs() };
        if (moment === 'before') before = now;
        else if (before !== null) cost = perRow(usageBetween(before.usage, now.usage), now.cpuMs - before.cpuMs);
      },
    });
  } finally {
    await sandbox.close();
  }
  if (cost === null) throw new Error('nothing was measured');
  return cost;
};

interface BareRun {
  readonly program: string;
  readonly env: Readonly<Record<string, string>>;
  readonly args: (queue: string) => readonly string[];
  readonly dataOf: (row: number) => Readonly<Record<string, string>>;
}

const costOfQueueAlone = async (services: BenchServices, redis: Redis, run: BareRun): Promise<Cost> => {
  const name = `bare-${randomUUID()}`;
  const connection = new Redis(services.redisUrl, { maxRetriesPerRequest: null });
  const queue = new Queue(name, { connection });
  const worker = await startProgram(run.program, run.env, 'worker started', run.args(name));
  try {
    const before = { usage: await readRedisUsage(redis), cpuMs: await worker.cpuMs() };
    const jobs = Array.from({ length: ROWS }, (_, row) => ({
      name: 'row',
      data: run.dataOf(row),
      opts: { removeOnComplete: true, removeOnFail: true },
    }));
    for (let i = 0; i < ROWS; i += 250) await queue.addBulk(jobs.slice(i, i + 250));
    for (;;) {
      const counts = await queue.getJobCounts('waiting', 'active', 'delayed');
      if ((counts.waiting ?? 0) + (counts.active ?? 0) + (counts.delayed ?? 0) === 0) break;
      await new Promise((later) => setTimeout(later, 50));
    }
    const after = { usage: await readRedisUsage(redis), cpuMs: await worker.cpuMs() };
    return perRow(usageBetween(before.usage, after.usage), after.cpuMs - before.cpuMs);
  } finally {
    await worker.stop();
    await queue.close();
    connection.disconnect();
  }
};

const costOfBareBullmq = (services: BenchServices, redis: Redis): Promise<Cost> =>
  costOfQueueAlone(services, redis, {
    program: 'bench/controls/bare-bullmq.ts',
    env: {},
    args: (queue) => [services.redisUrl, queue, String(ROWS)],
    dataOf: () => ({ payload: 'x'.repeat(PAYLOAD_CHARS) }),
  });

/** What the calls outside cost, whoever makes them: a row's HEAD, POST, GET, GET of the result and PUT. */
const costOfSameCalls = async (services: BenchServices, redis: Redis): Promise<Cost> => {
  const sandbox = await startQuickSandbox();
  try {
    return await costOfQueueAlone(services, redis, {
      program: 'bench/controls/same-calls.ts',
      env: services.storeEnv,
      args: (queue) => [
        JSON.stringify({
          redisUrl: services.redisUrl,
          queue,
          baseUrl: sandbox.baseUrl,
          bucket: services.storeEnv.OUTPAINT_BUCKET,
          endpoint: services.storeEnv.AWS_ENDPOINT_URL_S3,
          region: services.storeEnv.AWS_REGION,
          lookAfterMs: LOOK_MS,
        }),
      ],
      dataOf: (row) => ({ source: sandbox.pictureUrl(`row-${row}.jpg`), key: `row-${row}.jpg` }),
    });
  } finally {
    await sandbox.close();
  }
};

export const measureEngineCost = async (
  services: BenchServices,
  { rounds }: BenchTerms,
  say: (line: string) => void,
): Promise<void> => {
  say(`engine cost per row: ${ROWS} rows, every row submit, one poll, deliver`);
  const redis = new Redis(services.redisUrl);
  const ours: Cost[] = [];
  const bare: Cost[] = [];
  const calls: Cost[] = [];
  for (let round = 0; round < rounds; round += 1) {
    ours.push(await costOfOutpaint(services, redis));
    bare.push(await costOfBareBullmq(services, redis));
    calls.push(await costOfSameCalls(services, redis));
  }
  redis.disconnect();
  const told = (costs: readonly Cost[], key: keyof Cost): string => median(costs.map((cost) => cost[key])).toFixed(2);
  for (const key of ['commands', 'bytes', 'workerCpuMs'] as const) {
    say(
      `  ${key}: outpaint ${told(ours, key)}, one BullMQ job that does nothing ${told(bare, key)}, one that makes the same calls outside ${told(calls, key)}`,
    );
    for (const [beside, control] of [
      ['the empty job', bare],
      ['the same calls', calls],
    ] as const) {
      const ratios = ours.map((cost, i) => cost[key] / (control[i]?.[key] ?? Number.NaN));
      say(`    ratio to ${beside}: ${median(ratios).toFixed(2)} (${spread(ratios)})`);
    }
  }
  // The calls outside are no engine: what is left of the worker's CPU without them, beside the job that does nothing.
  const rest = ours.map(
    (cost, i) =>
      (cost.workerCpuMs - (calls[i]?.workerCpuMs ?? Number.NaN) + (bare[i]?.workerCpuMs ?? Number.NaN)) /
      (bare[i]?.workerCpuMs ?? Number.NaN),
  );
  say(`  worker CPU without the calls outside, ratio to the empty job: ${median(rest).toFixed(2)} (${spread(rest)})`);
};
