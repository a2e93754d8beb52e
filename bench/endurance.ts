// Measure four: whether a worker that runs for long keeps what it should have let go. Batch after batch goes through one
// worker; its memory, heap, sockets, descriptors and timers late in the run stand beside those of its own first part.
import { randomUUID } from 'node:crypto';
import { freePort } from '@outpaint/sandbox/services/free-port';
import { startSandbox } from '@outpaint/sandbox/upstream/start-sandbox';
import { createRedisBatchStore } from '@outpaint/shared/batch/redis-batch-store';
import type { BatchName } from '@outpaint/shared/contract/ids';
import { connectStore } from '@outpaint/shared/queue/connections';
import { keysOf } from '@outpaint/shared/record/keys';
import { type EnduranceSample, sampleOf } from './support/endurance-sample.ts';
import { median } from './support/median.ts';
import { runBatch, startBenchWorker } from './support/outpaint-run.ts';
import type { BenchServices, BenchTerms } from './support/services.ts';

const BATCH_ROWS = 250;
const MINUTES_A_ROUND = 2;
/** The first part warms up: code is compiled, pools and the memory of durations fill. */
const WARM_PART = 0.2;
const ENV = {
  UPSTREAM_SLOTS: '40',
  SUBMIT_RATE_PER_SECOND: '60',
  QUERY_RATE_PER_SECOND: '500',
  POLL_DELAY_MS_MIN: '100',
  POLL_DELAY_MS_MAX: '1000',
  RETRY_DELAY_MS_MIN: '100',
  RETRY_DELAY_MS_MAX: '1000',
  // Ended rows are forgotten as soon as they are reported, so that Redis holds no more late than early.
  RETENTION_ROWS_MS: '1000',
  SWEEP_EVERY_MS: '1000',
};

const tell = (samples: readonly EnduranceSample[], say: (line: string) => void): void => {
  const measured = samples.slice(Math.floor(samples.length * WARM_PART));
  const third = Math.floor(measured.length / 3);
  const parts = [measured.slice(0, third), measured.slice(-third)] as const;
  for (const name of Object.keys(samples[0] ?? {}) as (keyof EnduranceSample)[]) {
    const [early, late] = parts.map((part) => median(part.map((sample) => sample[name]))) as [number, number];
    say(`    ${name}: ${early.toFixed(0)} → ${late.toFixed(0)}, ratio ${(late / early).toFixed(3)}`);
  }
};

/** Twice as many minutes as `rounds`, so 10 unless told otherwise. One sample before each batch, when nothing is at work. */
export const measureEndurance = async (
  services: BenchServices,
  { rounds }: BenchTerms,
  say: (line: string) => void,
): Promise<void> => {
  const minutes = rounds * MINUTES_A_ROUND;
  say(`endurance: batches of ${BATCH_ROWS} rows through one worker for ${minutes} min, every tenth task fails once`);
  const sandbox = await startSandbox({
    slots: 40,
    submitRate: 60,
    queryRate: 500,
    serviceMsMedian: 300,
    serviceSigma: 0.25,
    seed: 'endurance',
    resultKind: 'tiny',
  });
  sandbox.faults.add({ at: 'task', code: 'InternalError.Algo', rate: 0.1 });
  const namespace = `bench-${randomUUID()}`;
  const redis = connectStore(services.redisUrl, 'bench');
  const batches = createRedisBatchStore(redis, keysOf(namespace));
  const port = await freePort();
  const worker = await startBenchWorker({
    services,
    namespace,
    baseUrl: sandbox.baseUrl,
    env: { ...ENV, WORKER_HTTP_PORT: String(port) },
  });
  const samples: EnduranceSample[] = [];
  const end = performance.now() + minutes * 60_000;
  let rows = 0;
  try {
    while (performance.now() < end) {
      samples.push(await sampleOf(`http://127.0.0.1:${port}/metrics`, redis));
      const name = `endurance-${samples.length}` as BatchName;
      const sources = Array.from({ length: BATCH_ROWS }, (_, i) => sandbox.pictureUrl(`${name}-${i}.jpg`));
      await runBatch(batches, name, sources);
      rows += BATCH_ROWS;
    }
    say(`  ${rows} rows, ${samples.length} samples; median of the first third after the warm-up → of the last third`);
    tell(samples, say);
  } finally {
    await worker.stop();
    redis.disconnect();
    await sandbox.close();
  }
};
