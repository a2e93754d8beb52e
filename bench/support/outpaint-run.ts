// One batch through outpaint: accepted by the store, worked on by one worker process, until it is finished.
import { randomUUID } from 'node:crypto';
import { ACCEPT_ROWS_MAX, type BatchStore } from '@outpaint/shared/batch/batch-store';
import { createRedisBatchStore } from '@outpaint/shared/batch/redis-batch-store';
import type { BatchName } from '@outpaint/shared/contract/ids';
import { parseRequest } from '@outpaint/shared/contract/request';
import { connectStore } from '@outpaint/shared/queue/connections';
import { keysOf } from '@outpaint/shared/record/keys';
import type { BenchServices } from './services.ts';
import { type ProgramProcess, startProgram } from './worker-process.ts';

export interface WorkerPlace {
  readonly services: BenchServices;
  readonly baseUrl: string;
  readonly namespace: string;
  readonly env: Readonly<Record<string, string>>;
}

export interface OutpaintRun extends Omit<WorkerPlace, 'namespace'> {
  readonly sources: readonly string[];
  /** Called right before the rows are accepted and right after the last one ended. */
  readonly around?: (worker: ProgramProcess, moment: 'before' | 'after') => Promise<void>;
}

const LOOK_MS = 50;

/** The environment of our programs on the services of the run. */
export const workerEnv = (o: WorkerPlace): Record<string, string> => ({
  ...o.services.storeEnv,
  REDIS_URL: o.services.redisUrl,
  OUTPAINT_NAMESPACE: o.namespace,
  OUTPAINT_KEY_PREFIX: o.namespace,
  DASHSCOPE_API_KEY: 'sk-sandbox',
  DASHSCOPE_BASE_URL: o.baseUrl,
  RESULT_HOSTS_ALLOWED: '127.0.0.1',
  RESULT_ADDRESSES_ALLOWED: '127.0.0.0/8',
  LOG_LEVEL: 'info',
  ...o.env,
});

/** A worker process on the services of the run; it has finished starting. */
export const startBenchWorker = (o: WorkerPlace): Promise<ProgramProcess> =>
  startProgram('apps/worker/src/main.ts', { ...workerEnv(o), LOG_LEVEL: 'info' }, 'worker started');

/** One row a source, sealed; resolves when all are delivered. Throws if one is not. */
export const runBatch = async (batches: BatchStore, name: BatchName, sources: readonly string[]): Promise<void> => {
  await batches.open(name, {});
  const requests = sources.map((source, i) => {
    const parsed = parseRequest(
      { custom_id: `row-${i}`, batch: name, source, parameters: { x_scale: 1.5 } },
      { randomCustomId: randomUUID },
    );
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
    return parsed.request;
  });
  for (let i = 0; i < requests.length; i += ACCEPT_ROWS_MAX)
    await batches.accept(name, requests.slice(i, i + ACCEPT_ROWS_MAX));
  await batches.seal(name);
  for (;;) {
    const batch = await batches.read(name);
    if (batch?.state === 'finished') {
      if (batch.counts.delivered !== batch.rows) throw new Error(`not all delivered: ${JSON.stringify(batch.counts)}`);
      return;
    }
    await new Promise((later) => setTimeout(later, LOOK_MS));
  }
};

export const runOutpaint = async (o: OutpaintRun): Promise<void> => {
  const namespace = `bench-${randomUUID()}`;
  const redis = connectStore(o.services.redisUrl, 'bench');
  const batches = createRedisBatchStore(redis, keysOf(namespace));
  const worker = await startBenchWorker({ ...o, namespace });
  try {
    await o.around?.(worker, 'before');
    await runBatch(batches, 'bench' as BatchName, o.sources);
    await o.around?.(worker, 'after');
  } finally {
    await worker.stop();
    redis.disconnect();
  }
};
