// Owed reports on a real Redis, and objects of any length on a real S3 protocol.
import { createHash } from 'node:crypto';
import { GetObjectCommand, ListMultipartUploadsCommand } from '@aws-sdk/client-s3';
import { createReportStore } from '@outpaint/shared/batch/report-store';
import { createObjectWriter } from '@outpaint/shared/storage/object-writer';
import { expect, it, onTestFinished } from 'vitest';
import { freshBucket } from '../support/s3-server.ts';
import { BATCH, openStores } from '../support/stores.ts';
import { waitFor } from '../support/wait-for.ts';

const MINUTE_MS = 60_000;

it('is owed once a batch ends, written by one, and by another where the first does not come back', async () => {
  const t = openStores({ realTime: true });
  const reports = createReportStore(t.redis, t.keys);
  await t.batches.open(BATCH, {});
  expect(await reports.claim(MINUTE_MS)).toBeNull();
  await t.batches.seal(BATCH);
  expect(await reports.claim(20)).toEqual({ name: BATCH, turn: 1 });
  const again = await waitFor('the claim to run out', () => reports.claim(MINUTE_MS));
  expect(await reports.claim(MINUTE_MS)).toBeNull();
  await reports.settle(again, 'written');
  expect(await reports.claim(MINUTE_MS)).toBeNull();
  expect(await t.redis.exists(t.keys.reports)).toBe(0);
  expect((await t.batches.read(BATCH))?.reportedAt).toEqual(expect.any(Number));
});

it('is owed still where the batch was reopened and ended again while it was written', async () => {
  const t = openStores({ realTime: true });
  const reports = createReportStore(t.redis, t.keys);
  await t.batches.open(BATCH, {});
  await t.batches.seal(BATCH);
  const first = await reports.claim(MINUTE_MS);
  await t.redis.hset(t.keys.batch(BATCH), 'report_due', 2);
  await reports.settle(first as never, 'written');
  expect(await reports.claim(MINUTE_MS)).toEqual({ name: BATCH, turn: 2 });
});

it('is owed anew where one that was begun before it is written after it: the older one stands', async () => {
  const t = openStores({ realTime: true });
  const reports = createReportStore(t.redis, t.keys);
  await t.batches.open(BATCH, {});
  await t.batches.seal(BATCH);
  const older = await reports.claim(MINUTE_MS);
  await t.redis.hset(t.keys.batch(BATCH), 'report_due', 2);
  await reports.keep(BATCH, -1);
  const newer = await waitFor('the claim to run out', () => reports.claim(MINUTE_MS));
  await reports.settle(newer, 'written');
  expect(await reports.claim(MINUTE_MS)).toBeNull();
  await reports.settle(older as never, 'written');
  expect(await reports.claim(MINUTE_MS)).toEqual({ name: BATCH, turn: 2 });
});

const writing = async () => {
  const { client, bucket, endpoint, region, credentials } = await freshBucket();
  const where = { bucket, prefix: '', endpoint, region, credentials, forcePathStyle: true };
  const writer = createObjectWriter({ ...where, requestTimeoutMs: 30_000 });
  onTestFinished(() => writer.close());
  return { writer, client, bucket };
};

const LINE = `${'x'.repeat(1_023)}\n`;

it.each([
  ['nothing', 0],
  ['less than a part', 10],
  ['some parts', 20_000],
])('an object of %s stands whole under its hash, in the place of the one before', async (_, lines) => {
  const { writer, client, bucket } = await writing();
  for (const name of ['earlier', 'x']) {
    const one = writer.open('spring/report/failed.jsonl', 'application/jsonl');
    if (name === 'earlier') await one.write('earlier');
    else for (let i = 0; i < lines; i += 1) await one.write(LINE);
    const written = await one.end();
    if (name === 'x') {
      const text = LINE.repeat(lines);
      expect(written).toEqual({
        key: 'spring/report/failed.jsonl',
        bytes: text.length,
        sha256: createHash('sha256').update(text).digest('hex'),
      });
    }
  }
  const got = await client.send(new GetObjectCommand({ Bucket: bucket, Key: 'spring/report/failed.jsonl' }));
  expect((await got.Body?.transformToString()) === LINE.repeat(lines)).toBe(true);
  expect(got.ContentType).toBe('application/jsonl');
});

it('an object that is given up leaves nothing, and what stood there stays', async () => {
  const { writer, client, bucket } = await writing();
  const before = writer.open('k', 'text/plain');
  await before.write('before');
  await before.end();
  const one = writer.open('k', 'text/plain');
  for (let i = 0; i < 9_000; i += 1) await one.write(LINE);
  await one.abort();
  await one.abort();
  const got = await client.send(new GetObjectCommand({ Bucket: bucket, Key: 'k' }));
  expect(await got.Body?.transformToString()).toBe('before');
  const open = await client.send(new ListMultipartUploadsCommand({ Bucket: bucket }));
  expect(open.Uploads ?? []).toEqual([]);
});
