// Dead letters by the way that rows die: accepted, fed, licensed, refused by the API, and their letter written.
import { randomUUID } from 'node:crypto';
import { createRedisBatchStore } from '@outpaint/shared/batch/redis-batch-store';
import { createReportStore } from '@outpaint/shared/batch/report-store';
import { letterJobId } from '@outpaint/shared/contract/dead-letter';
import type { BatchName } from '@outpaint/shared/contract/ids';
import { toDeadLettered, toLetterWritten } from '@outpaint/shared/lifecycle/moves/ending-moves';
import { createTokenQueues } from '@outpaint/shared/queue/token-queues';
import { keysOf } from '@outpaint/shared/record/keys';
import { createRedisRecordStore } from '@outpaint/shared/record/redis-record-store';
import { letterOf } from '@outpaint/worker/dead-letter/write-letter';
import type { Redis } from 'ioredis';
import { seedRows } from './seed-rows.ts';

export const CODES = ['InvalidParameter.ImageContent', 'InvalidParameter.FileDownload', 'InternalError.Algo'] as const;

const FEED = {
  slots: 10_000_000,
  undeliveredMax: 1_000_000,
  undeliveredAgeMsMax: 1e12,
  watchMs: 3_600_000,
  rowsMax: 200,
};
const LICENCE = {
  slots: 10_000_000,
  submitGapMs: 0,
  undeliveredMax: 1_000_000,
  undeliveredAgeMsMax: 1e12,
  priceMicro: 180_000,
  watchMs: 3_600_000,
  lineProbeMsMax: 900_000,
  thresholdSampleMin: 20,
  restMs: 0,
  keyName: 'abcd1234',
};

/** Each third row dies of another code. The batch's report tells of all. */
export const seedLetters = async (redis: Redis, namespace: string, name: BatchName, rows: number): Promise<void> => {
  const keys = keysOf(namespace);
  const batches = createRedisBatchStore(redis, keys);
  const records = createRedisRecordStore(redis, keys);
  const queues = createTokenQueues(redis, keys.queuePrefix, () => undefined);
  await seedRows(batches, name, rows);
  const die = async (id: Parameters<typeof records.read>[0], hop: number, n: number): Promise<void> => {
    const licence = randomUUID();
    const granted = await records.licence({ id, batch: name, hop }, LICENCE, licence);
    if (granted.kind !== 'granted') throw new Error(JSON.stringify(granted));
    const code = CODES[n % CODES.length] as string;
    const failure = { code, class: 'permanent', message: 'It was refused by the API.' } as const;
    const move = toDeadLettered({ id, batch: name } as never, 'submit', failure, { licence, watchMs: 3_600_000 });
    await records.apply({ id, batch: name }, move, randomUUID());
    const dead = await records.read(id);
    if (dead === null) throw new Error(`no record of ${id}`);
    await queues.addLetter(letterJobId(id, dead.deaths), letterOf(dead));
    await records.apply(dead, toLetterWritten(dead), randomUUID());
  };
  for (let done = 0; done < rows; ) {
    const fed = await batches.feed(FEED);
    if (fed.length === 0) throw new Error(`only ${done} of ${rows} rows were fed`);
    await Promise.all(fed.map(({ id, hop }, i) => die(id, hop, done + i)));
    done += fed.length;
  }
  await createReportStore(redis, keys).settle({ name, turn: 1 }, 'written');
  await redis.zrem(`${keys.prefix}reports`, name);
  await queues.close();
};
