// Hands one expansion to outpaint's queue, from a service of its own in TypeScript: `npm install bullmq ioredis`.
//   REDIS_URL=redis://127.0.0.1:6379 node enqueue.ts https://cdn.example.com/1042.jpg sku-1042
import { Queue, QueueEvents } from 'bullmq';
import { Redis } from 'ioredis';

const [source, customId] = process.argv.slice(2);
const connection = new Redis(process.env.REDIS_URL ?? 'redis://127.0.0.1:6379', { maxRetriesPerRequest: null });
// The braces are part of the prefix; OUTPAINT_NAMESPACE stands in them.
const prefix = `{${process.env.OUTPAINT_NAMESPACE ?? 'outpaint'}}`;
const listening = connection.duplicate();
const queue = new Queue('intake', { connection, prefix });
const events = new QueueEvents('intake', { connection: listening, prefix });
await events.waitUntilReady();

const job = await queue.add('expand', {
  v: 1,
  batch: 'shop',
  custom_id: customId,
  source,
  parameters: { output_ratio: '16:9', add_watermark: false },
});
try {
  // Accepted means kept. The picture comes later; ask for it by this id.
  const { expansion_id: id } = await job.waitUntilFinished(events, 30_000);
  process.stdout.write(`${id}\n`);
} catch (error) {
  process.stderr.write(`refused: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
} finally {
  await Promise.all([queue.close(), events.close()]);
  connection.disconnect();
  listening.disconnect();
}
