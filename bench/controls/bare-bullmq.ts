// The control of the engine's cost: bare BullMQ, one job a row through one worker that does nothing.
import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';

// node bare-bullmq.ts REDIS_URL QUEUE ROWS
const [REDIS_URL = '', BENCH_QUEUE = 'bare', BENCH_ROWS = '0'] = process.argv.slice(2);

const connect = (): Redis => new Redis(REDIS_URL, { maxRetriesPerRequest: null });
const queue = new Queue(BENCH_QUEUE, { connection: connect() });
let done = 0;
const worker = new Worker(
  BENCH_QUEUE,
  async () => {
    done += 1;
    if (done === Number(BENCH_ROWS)) process.stdout.write('all done\n');
  },
  { connection: connect(), concurrency: 32 },
);
await worker.waitUntilReady();
process.stdout.write('worker started\n');
process.once('SIGTERM', async () => {
  await worker.close();
  await queue.close();
  process.exit(0);
});
