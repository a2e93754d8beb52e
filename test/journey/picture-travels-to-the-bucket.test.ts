// The main job: rows are accepted, submitted, polled, fetched and put, each billed once.
import { expect, it } from 'vitest';
import { startStack } from '../support/stack.ts';
import { BATCH, requestOf } from '../support/stores.ts';

it('takes every row of a batch into the bucket, billed once each', async () => {
  const stack = await startStack();
  const requests = Array.from({ length: 30 }, (_, i) =>
    requestOf(`sku-${i}`, BATCH, { source: stack.sandbox.pictureUrl(`sku-${i}.jpg`) }),
  );
  const worker = await stack.startWorker();
  await stack.accept(BATCH, requests);
  await stack.batches.seal(BATCH);
  const batch = await stack.waitUntilFinished(BATCH);
  expect(batch.counts).toMatchObject({ delivered: 30, dead_lettered: 0, in_doubt: 0 });
  expect(batch.counts).toEqual(await stack.countRows(BATCH));
  expect(batch).toMatchObject({ spentMicro: 30 * 180_000, reservedMicro: 0 });
  expect(stack.sandbox.ledger.billed()).toBe(30);
  expect(stack.sandbox.ledger.billedTwice()).toEqual([]);
  expect(await stack.keysInBucket()).toEqual(requests.map((request) => request.output_key).sort());
  expect(await worker.kill('SIGTERM')).toEqual({ code: 0, signal: null });
});
