// The control of imports: the same manifest read line by line, each row one BullMQ job with all that it says.
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';

// node raw-ingest.ts REDIS_URL QUEUE MANIFEST
const [REDIS_URL = '', NAME = 'raw', PATH = ''] = process.argv.slice(2);
const CHUNK_ROWS = 250;

const connection = new Redis(REDIS_URL, { maxRetriesPerRequest: null });
const queue = new Queue(NAME, { connection });
let chunk: { name: string; data: object; opts: { jobId: string } }[] = [];
let header = true;
for await (const line of createInterface({ input: createReadStream(PATH) })) {
  if (header) {
    header = false;
    continue;
  }
  const [customId = '', source, ratio] = line.split(',');
  const data = { custom_id: customId, source, parameters: { output_ratio: ratio } };
  chunk.push({ name: 'expand', data, opts: { jobId: customId } });
  if (chunk.length < CHUNK_ROWS) continue;
  await queue.addBulk(chunk);
  chunk = [];
}
if (chunk.length > 0) await queue.addBulk(chunk);
await queue.close();
connection.disconnect();
