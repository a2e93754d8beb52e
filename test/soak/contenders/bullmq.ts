// Plain BullMQ as a contender: a queue with `attempts: 5` and workers.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import type { ResultLine } from '../controls/expand-once.ts';
import type { OpenContender } from './contender.ts';
import { controlConfig, readResults, rowsOfControl } from './control-config.ts';

const CONCURRENCY = 20;
const ATTEMPTS = 5;
const CHUNK = 500;

export const openBullmq: OpenContender = (world, catalog, workers) => {
  const config = controlConfig(world, catalog, Math.ceil(CONCURRENCY / workers));
  const file = join(world.dir, 'config.json');
  writeFileSync(file, JSON.stringify(config));
  const connection = new Redis(world.redis.url, { maxRetriesPerRequest: null, retryStrategy: () => 200 });
  connection.on('error', () => undefined);
  const queue = new Queue('expand', { connection });
  queue.on('error', () => undefined);
  return {
    begin: async () => {
      for (let i = 0; i < catalog.length; i += CHUNK) {
        await queue.addBulk(
          catalog.slice(i, i + CHUNK).map((row) => ({
            name: 'expand',
            data: row,
            opts: { jobId: row.name, attempts: ATTEMPTS, backoff: { type: 'exponential', delay: config.secondMs } },
          })),
        );
      }
    },
    crew: {
      size: workers,
      file: 'test/soak/controls/bullmq-attempts.ts',
      args: [file],
      env: world.env,
      readyLine: /worker started/,
    },
    progress: async () => {
      // A question to a Redis that is away waits for it: the harness asks again when it has its answer.
      const { completed = 0, failed = 0 } = await queue.getJobCounts('completed', 'failed');
      return { ended: completed + failed, isDone: completed + failed === catalog.length };
    },
    settle: async () => [],
    rows: async () => {
      const failed = await queue.getFailed(0, catalog.length);
      const letters = failed.map(
        (job): ResultLine => ({ name: job.id ?? '', ending: 'dead_lettered', reason: job.failedReason }),
      );
      return rowsOfControl(world, catalog, [...readResults(config), ...letters]);
    },
    books: async () => [],
    close: async () => {
      await queue.close();
      connection.disconnect();
    },
  };
};
