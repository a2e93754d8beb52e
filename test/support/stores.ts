// The record and batch stores on a namespace of the test's own, with a time that the test sets.
import { randomUUID } from 'node:crypto';
import type { BatchStore, FeedTerms } from '@outpaint/shared/batch/batch-store';
import { createRedisBatchStore } from '@outpaint/shared/batch/redis-batch-store';
import { type BatchName, expansionIdOf } from '@outpaint/shared/contract/ids';
import { type ExpansionRequest, parseRequest } from '@outpaint/shared/contract/request';
import { STATUSES, type Status } from '@outpaint/shared/lifecycle/status';
import { connectStore, type RedisConnection } from '@outpaint/shared/queue/connections';
import { createDoubtStore, type DoubtStore } from '@outpaint/shared/record/doubt-store';
import { type Keys, keysOf } from '@outpaint/shared/record/keys';
import type { LicenceTerms, RecordStore } from '@outpaint/shared/record/record-store';
import { createRedisRecordStore } from '@outpaint/shared/record/redis-record-store';
import { inject, onTestFinished } from 'vitest';

export interface TestStores {
  readonly namespace: string;
  readonly keys: Keys;
  readonly redis: RedisConnection;
  readonly records: RecordStore;
  readonly batches: BatchStore;
  readonly doubts: DoubtStore;
  /** Redis' time as scripts see it, in ms; the test moves it. */
  readonly time: { now: number };
  /** Every row counted one by one, to hold against the batch's counters. */
  countRows(batch: BatchName): Promise<Record<Status, number>>;
}

export const BATCH = 'spring' as BatchName;

export const FEED_TERMS: FeedTerms = {
  slots: 7,
  undeliveredMax: 50,
  undeliveredAgeMsMax: 900_000,
  watchMs: 60_000,
  rowsMax: 100,
};

export const LICENCE_TERMS: LicenceTerms = {
  slots: 7,
  submitGapMs: 500,
  undeliveredMax: 50,
  undeliveredAgeMsMax: 900_000,
  priceMicro: 180_000,
  watchMs: 90_000,
  lineProbeMsMax: 900_000,
  thresholdSampleMin: 20,
  restMs: 0,
  keyName: 'abcd1234',
};

export const requestOf = (
  customId: string,
  batch: BatchName = BATCH,
  more: Record<string, unknown> = {},
): ExpansionRequest => {
  const parsed = parseRequest(
    {
      custom_id: customId,
      batch,
      source: `https://cdn.example.com/${customId}.jpg`,
      parameters: { x_scale: 2 },
      ...more,
    },
    { randomCustomId: randomUUID },
  );
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.request;
};

export const idOf = (customId: string, batch: BatchName = BATCH) =>
  expansionIdOf(batch, requestOf(customId, batch).custom_id);

export const openStores = (o: { redisUrl?: string; realTime?: boolean } = {}): TestStores => {
  const namespace = `test-${randomUUID()}`;
  const keys = keysOf(namespace);
  const redis = connectStore(o.redisUrl ?? inject('redisUrl'), 'test');
  redis.on('error', () => undefined);
  onTestFinished(() => redis.disconnect());
  const time = { now: 1_800_000_000_000 };
  const scriptTime = o.realTime ? undefined : () => time.now;
  const records = createRedisRecordStore(redis, keys, scriptTime);
  const batches = createRedisBatchStore(redis, keys, scriptTime);
  return {
    namespace,
    keys,
    redis,
    records,
    batches,
    doubts: createDoubtStore(redis, keys),
    time,
    countRows: (batch) => countRows(redis, keys, records, batch),
  };
};

export const countRows = async (
  redis: RedisConnection,
  keys: Keys,
  records: RecordStore,
  batch: BatchName,
): Promise<Record<Status, number>> => {
  const counts = Object.fromEntries(STATUSES.map((status) => [status, 0])) as Record<Status, number>;
  let cursor = '0';
  do {
    const [next, found] = await redis.scan(cursor, 'MATCH', `${keys.prefix}q:*`, 'COUNT', 500);
    cursor = next;
    const ids = found.map((key) => key.slice(`${keys.prefix}q:`.length)) as ReturnType<typeof idOf>[];
    for (const record of await records.readMany(ids)) if (record?.batch === batch) counts[record.status] += 1;
  } while (cursor !== '0');
  return counts;
};
