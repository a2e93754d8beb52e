// Measure three: what the engine itself costs per row, in Redis commands, bytes and worker CPU, beside bare BullMQ.
import { randomUUID } from 'node:crypto';
import { startSandbox } from '@outpaint/sandbox/upstream/start-sandbox';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { median, spread } from './support/median.ts';
import { runOutpaint } from './support/outpaint-run.ts';
import { type RedisUsage, readRedisUsage, usageBetween } from './support/redis-usage.ts';
import type { BenchServices } from './support/services.ts';
import { startProgram } from './support/worker-process.ts';

const ROWS = 1_000;
const PAYLOAD_CHARS = 290;

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
const costOfOutpaint = async (services: BenchServices, redis: Redis): Promise<Cost> => {
  const sandbox = await startSandbox({
    slots: 200,
    submitRate: 100_000,
    queryRate: 100_000,
    serviceMsMedian: 20,
    serviceSigma: 0,
    resultKind: 'tiny',
  });
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
        POLL_DELAY_MS_MIN: '200',
        POLL_DELAY_MS_MAX: '200',
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

const costOfBareBullmq = async (services: BenchServices, redis: Redis): Promise<Cost> => {
  const name = `bare-${randomUUID()}`;
  const connection = new Redis(services.redisUrl, { maxRetriesPerRequest: null });
  const queue = new Queue(name, { connection });
  const worker = await startProgram('bench/controls/bare-bullmq.ts', {}, 'worker started', [
    services.redisUrl,
    name,
    String(ROWS),
  ]);
  try {
    const before = { usage: await readRedisUsage(redis), cpuMs: await worker.cpuMs() };
    const data = { payload: 'x'.repeat(PAYLOAD_CHARS) };
    const jobs = Array.from({ length: ROWS }, () => ({ name: 'row', data, opts: { removeOnComplete: true } }));
    for (let i = 0; i < ROWS; i += 250) await queue.addBulk(jobs.slice(i, i + 250));
    for (;;) {
      const counts = await queue.getJobCounts('waiting', 'active');
      if ((counts.waiting ?? 0) + (counts.active ?? 0) === 0) break;
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

export const measureEngineCost = async (
  services: BenchServices,
  rounds: number,
  say: (line: string) => void,
): Promise<void> => {
  say(
    `engine cost per row: ${ROWS} rows, every row submit, one poll, deliver; beside bare BullMQ with one empty job a row`,
  );
  const redis = new Redis(services.redisUrl);
  const ours: Cost[] = [];
  const bare: Cost[] = [];
  for (let round = 0; round < rounds; round += 1) {
    ours.push(await costOfOutpaint(services, redis));
    bare.push(await costOfBareBullmq(services, redis));
  }
  redis.disconnect();
  for (const key of ['commands', 'bytes', 'workerCpuMs'] as const) {
    const ratios = ours.map((cost, i) => cost[key] / (bare[i]?.[key] ?? Number.NaN));
    say(
      `  ${key}: outpaint ${median(ours.map((c) => c[key])).toFixed(2)}, bare BullMQ ${median(bare.map((c) => c[key])).toFixed(2)}, ratio ${median(ratios).toFixed(2)} (${spread(ratios)})`,
    );
  }
};
