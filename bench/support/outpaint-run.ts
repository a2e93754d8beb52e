// One batch through outpaint: accepted by the store, worked on by one worker process, until it is finished.
import { randomUUID } from 'node:crypto';
import { ACCEPT_ROWS_MAX } from '@outpaint/shared/batch/batch-store';
import { createRedisBatchStore } from '@outpaint/shared/batch/redis-batch-store';
import type { BatchName } from '@outpaint/shared/contract/ids';
import { parseRequest } from '@outpaint/shared/contract/request';
import { connectStore } from '@outpaint/shared/queue/connections';
import { keysOf } from '@outpaint/shared/record/keys';
import type { BenchServices } from './services.ts';
import { type ProgramProcess, startProgram } from './worker-process.ts';

export interface OutpaintRun {
  /** Runs while the worker is up and has finished starting; resolves when the batch is finished. */
  readonly sources: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly services: BenchServices;
  readonly baseUrl: string;
  /** Called right before the rows are accepted and right after the last one ended. */
  readonly around?: (worker: ProgramProcess, moment: 'before' | 'after') => Promise<void>;
}

const BATCH = 'bench' as BatchName;
const LOOK_MS = 50;

export const runOutpaint = async (o: OutpaintRun): Promise<void> => {
  const namespace = `bench-${randomUUID()}`;
  const redis = connectStore(o.services.redisUrl, 'bench');
  const batches = createRedisBatchStore(redis, keysOf(namespace));
  const worker = await startProgram(
    'apps/worker/src/main.ts',
    {
      ...o.services.storeEnv,
      REDIS_URL: o.services.redisUrl,
      OUTPAINT_NAMESPACE: namespace,
      OUTPAINT_KEY_PREFIX: namespace,
      DASHSCOPE_API_KEY: 'sk-sandbox',
      DASHSCOPE_BASE_URL: o.baseUrl,
      RESULT_HOSTS_ALLOWED: '127.0.0.1',
      RESULT_ADDRESSES_ALLOWED: '127.0.0.0/8',
      LOG_LEVEL: 'info',
      ...o.env,
    },
    'worker started',
  );
  try {
    await o.around?.(worker, 'before');
    await batches.open(BATCH, {});
    const requests = o.sources.map((source, i) => {
      const parsed = parseRequest(
        { custom_id: `row-${i}`, batch: BATCH, source, parameters: { x_scale: 1.5 } },
        { randomCustomId: randomUUID },
      );
      if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
      return parsed.request;
    });
    for (let i = 0; i < requests.length; i += ACCEPT_ROWS_MAX)
      await batches.accept(BATCH, requests.slice(i, i + ACCEPT_ROWS_MAX));
    await batches.seal(BATCH);
    for (;;) {
      const batch = await batches.read(BATCH);
      if (batch?.state === 'finished') {
        if (batch.counts.delivered !== batch.rows)
          throw new Error(`not all delivered: ${JSON.stringify(batch.counts)}`);
        break;
      }
      await new Promise((later) => setTimeout(later, LOOK_MS));
    }
    await o.around?.(worker, 'after');
  } finally {
    await worker.stop();
    redis.disconnect();
  }
};
