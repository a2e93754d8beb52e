// Measure: how much longer a 20-row batch takes behind a batch of 100,000 rows than alone.
import { randomUUID } from 'node:crypto';
import { startSandbox } from '@outpaint/sandbox/upstream/start-sandbox';
import { createRedisBatchStore } from '@outpaint/shared/batch/redis-batch-store';
import type { BatchName } from '@outpaint/shared/contract/ids';
import { connectStore } from '@outpaint/shared/queue/connections';
import { keysOf } from '@outpaint/shared/record/keys';
import { median, spread } from './support/median.ts';
import { runBatch, startBenchWorker } from './support/outpaint-run.ts';
import { seedRows } from './support/seed-rows.ts';
import type { BenchServices, BenchTerms } from './support/services.ts';

const SHORT_ROWS = 20;
const LONG = 'long' as BatchName;
const SHORT = 'short' as BatchName;
/** Long beside what a loaded machine needs for its own steps. */
const SERVICE_MS = 1_000;
const ENV = {
  UPSTREAM_SLOTS: '5',
  UPSTREAM_OVERHANG: '2',
  SUBMIT_RATE_PER_SECOND: '40',
  QUERY_RATE_PER_SECOND: '400',
  POLL_DELAY_MS_MIN: '100',
  POLL_DELAY_MS_MAX: '500',
};
/** So many of the long batch are delivered before: the slots are its own, and durations are known. */
const BEGUN_ROWS = 10;

/** Ms from the first row handed in to the last one delivered; the other batch is at work already. */
const timeOf = async (services: BenchServices, longRows: number): Promise<number> => {
  const namespace = `bench-${randomUUID()}`;
  const redis = connectStore(services.redisUrl, 'bench');
  const batches = createRedisBatchStore(redis, keysOf(namespace));
  const sandbox = await startSandbox({
    slots: 5,
    submitRate: 1_000,
    queryRate: 1_000,
    serviceMsMedian: SERVICE_MS,
    serviceSigma: 0.25,
    resultKind: 'tiny',
  });
  const worker = await startBenchWorker({ services, baseUrl: sandbox.baseUrl, namespace, env: ENV });
  try {
    await seedRows(batches, LONG, longRows, (row) => sandbox.pictureUrl(`long-${row}.jpg`));
    while (((await batches.read(LONG))?.counts.delivered ?? 0) < Math.min(longRows, BEGUN_ROWS))
      await new Promise((later) => setTimeout(later, 20));
    const begun = performance.now();
    await runBatch(
      batches,
      SHORT,
      Array.from({ length: SHORT_ROWS }, (_, i) => sandbox.pictureUrl(`short-${i}.jpg`)),
    );
    return performance.now() - begun;
  } finally {
    await worker.stop();
    await sandbox.close();
    await redis.flushall();
    redis.disconnect();
  }
};

/** Alone is behind a batch that has ended: the same worker, warm, with nothing else to do. */
export const measureFairness = async (
  services: BenchServices,
  { rounds, rows = 100_000 }: BenchTerms,
  say: (line: string) => void,
): Promise<void> => {
  say(`fairness: ${SHORT_ROWS} rows behind ${rows}, 5 slots, tasks of ${SERVICE_MS / 1_000} s`);
  const alone: number[] = [];
  const behind: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    alone.push(await timeOf(services, BEGUN_ROWS));
    behind.push(await timeOf(services, rows));
  }
  const ratios = behind.map((ms, i) => ms / (alone[i] ?? Number.NaN));
  say(
    `  alone ${(median(alone) / 1_000).toFixed(1)} s, behind ${(median(behind) / 1_000).toFixed(1)} s, ratio ${median(ratios).toFixed(2)} (${spread(ratios)})`,
  );
};
