// What stands in the bucket was paid for: ours is never made again, and somebody else's is never overwritten.
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import type { BatchName } from '@outpaint/shared/contract/ids';
import { expect, it } from 'vitest';
import { expectBooksBalance, handIn, namesOf, recordOf, rowOf, storyOf } from '../support/row-story.ts';
import { type Stack, startStack } from '../support/stack.ts';
import { BATCH } from '../support/stores.ts';

const putForeign = (stack: Stack, key: string) =>
  stack.bucket.client.send(
    new PutObjectCommand({ Bucket: stack.bucket.bucket, Key: key, Body: 'somebody else was here' }),
  );

const contentOf = async (stack: Stack, key: string): Promise<string> => {
  const { Body } = await stack.bucket.client.send(new GetObjectCommand({ Bucket: stack.bucket.bucket, Key: key }));
  return (await Body?.transformToString()) ?? '';
};

it('a key that a foreign object holds is output_key_taken: nothing is submitted, the object stays as it was', async () => {
  const stack = await startStack();
  await putForeign(stack, rowOf(stack, 'taken').output_key);
  const worker = await stack.startWorker();
  await handIn(stack, ['taken', 'free']);
  await stack.waitUntilFinished(BATCH);
  expect((await expectBooksBalance(stack)).counts).toMatchObject({ delivered: 1, dead_lettered: 1 });
  const row = await storyOf(stack, 'taken');
  expect(row).toMatchObject({ submits: 0, tasks: 0, record: { status: 'dead_lettered', billed: 'no' } });
  expect(row.letter).toMatchObject({ stage: 'submit', code: 'output_key_taken', class: 'permanent', task_id: null });
  expect(await contentOf(stack, row.record.request.output_key)).toBe('somebody else was here');
  expect((await stack.batch(BATCH)).counts.delivered).toBe(1);
  await worker.kill('SIGTERM');
});

it('a key taken while the task ran is output_key_taken: paid once, the object stays as it was', async () => {
  const stack = await startStack();
  stack.sandbox.faults.add({ at: 'result', kind: 'hold' });
  const worker = await stack.startWorker();
  await handIn(stack, ['raced']);
  expect(await stack.sandbox.holds.waitForOne({ at: 'result' })).toHaveLength(1);
  const key = rowOf(stack, 'raced').output_key;
  await putForeign(stack, key);
  stack.sandbox.holds.release();
  await stack.waitUntilFinished(BATCH);
  await expectBooksBalance(stack);
  const row = await storyOf(stack, 'raced');
  expect(row).toMatchObject({ submits: 1, billed: 1, record: { status: 'dead_lettered', billed: 'yes' } });
  expect(row.letter).toMatchObject({ stage: 'deliver', code: 'output_key_taken' });
  expect(await contentOf(stack, key)).toBe('somebody else was here');
  await worker.kill('SIGTERM');
});

it('two rows of one key: the first is delivered, the other is output_key_taken and perhaps paid, never swapped', async () => {
  const stack = await startStack();
  const worker = await stack.startWorker();
  const output_key = 'shared/one.jpg';
  await stack.accept(BATCH, [
    rowOf(stack, 'twin-a', BATCH, { output_key }),
    rowOf(stack, 'twin-b', BATCH, { output_key }),
  ]);
  await stack.batches.seal(BATCH);
  await stack.waitUntilFinished(BATCH);
  expect((await expectBooksBalance(stack)).counts).toMatchObject({ delivered: 1, dead_lettered: 1 });
  const twins = await Promise.all([storyOf(stack, 'twin-a'), storyOf(stack, 'twin-b')]);
  expect(twins.find(({ letter }) => letter !== null)?.letter).toMatchObject({ code: 'output_key_taken' });
  await worker.kill('SIGTERM');
});

it('after a total loss of Redis the same manifest is found in the bucket: delivered again, not one submit', async () => {
  const stack = await startStack();
  const names = namesOf('row', 8);
  const first = await stack.startWorker();
  await handIn(stack, names);
  await stack.waitUntilFinished(BATCH);
  await first.kill('SIGTERM');
  const submits = stack.sandbox.ledger.submits();
  const objects = await stack.keysInBucket();
  const before = await recordOf(stack, 'row-0');

  // Everything of this installation is gone: records, batches, queues.
  let cursor = '0';
  do {
    const [next, keys] = await stack.redis.scan(cursor, 'MATCH', `${stack.keys.queuePrefix}*`, 'COUNT', 1_000);
    cursor = next;
    if (keys.length > 0) await stack.redis.del(...keys);
  } while (cursor !== '0');
  expect(await stack.batches.read(BATCH)).toBeNull();

  await handIn(stack, [...names, 'new']);
  const second = await stack.startWorker();
  await stack.waitUntilFinished(BATCH);
  const batch = await stack.batch(BATCH);
  expect(batch.counts).toEqual(await stack.countRows(BATCH));
  expect(batch.counts).toMatchObject({ delivered: 9, dead_lettered: 0 });
  // Only the row that is new costs anything.
  expect(stack.sandbox.ledger.submits()).toBe(submits + 1);
  expect(batch).toMatchObject({ spentMicro: 180_000, reservedMicro: 0 });
  expect(stack.sandbox.ledger.billedTwice()).toEqual([]);
  expect(await stack.keysInBucket()).toEqual([...objects, rowOf(stack, 'new').output_key].sort());
  const found = await storyOf(stack, 'row-0');
  expect(found.events).toEqual(['found_in_bucket']);
  expect(found.record).toMatchObject({ objectBytes: before.objectBytes, objectSha256: before.objectSha256 });
  await second.kill('SIGTERM');
});

it('a picture of the same custom_id in another batch under the same key is not taken for ours', async () => {
  const stack = await startStack();
  const other = 'autumn' as BatchName;
  const worker = await stack.startWorker();
  const output_key = 'same/key.jpg';
  await stack.accept(BATCH, [rowOf(stack, 'sku', BATCH, { output_key })]);
  await stack.batches.seal(BATCH);
  await stack.waitUntilFinished(BATCH);
  await stack.accept(other, [rowOf(stack, 'sku', other, { output_key })]);
  await stack.batches.seal(other);
  const batch = await stack.waitUntilFinished(other);
  expect(batch.counts).toMatchObject({ delivered: 0, dead_lettered: 1 });
  expect((await storyOf(stack, 'sku', other)).letter).toMatchObject({ code: 'output_key_taken' });
  expect(stack.sandbox.ledger.submits()).toBe(1);
  await worker.kill('SIGTERM');
});
