// While pictures cannot be kept none is paid for: no licence without a look into the bucket, nor beyond the undelivered cap.
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { expect, it } from 'vitest';
import { startGatedStack } from '../support/gated-store.ts';
import { expectBooksBalance, handIn, namesOf } from '../support/row-story.ts';
import { startStack } from '../support/stack.ts';
import { BATCH } from '../support/stores.ts';
import { waitFor } from '../support/wait-for.ts';

const ROWS = 20;

it.each([
  ['is away', 'away'],
  ['refuses', 'access-denied'],
  ['hangs', 'hang'],
] as const)('while the bucket %s not one row is submitted; when it is back all are, once', async (_what, fault) => {
  const { stack, gate } = await startGatedStack({ env: { S3_REQUEST_TIMEOUT_MS: '200' } });
  await gate.set(fault);
  const worker = await stack.startWorker();
  await handIn(stack, namesOf('row', ROWS));
  // Every row has been fed and sent back at least once: the worker wanted to, and did not.
  await waitFor('every row to be postponed', async () => {
    const batch = await stack.batch(BATCH);
    const postponed = (worker.stderr().match(/"event":"postponed"/g) ?? []).length;
    return postponed >= ROWS && batch.counts.accepted === ROWS;
  });
  expect(stack.sandbox.ledger.submits()).toBe(0);
  expect(await stack.batch(BATCH)).toMatchObject({ reservedMicro: 0 });
  await gate.clear();
  await stack.waitUntilFinished(BATCH);
  expect((await expectBooksBalance(stack)).counts).toMatchObject({ delivered: ROWS, dead_lettered: 0, in_doubt: 0 });
  expect(stack.sandbox.ledger.submits()).toBe(ROWS);
  await worker.kill('SIGTERM');
});

it('in a bucket that is not there nothing is looked for in vain: not one row is submitted until somebody makes it', async () => {
  const name = `not-made-yet-${Date.now()}`;
  const stack = await startStack({ env: { OUTPAINT_BUCKET: name } });
  const worker = await stack.startWorker();
  await worker.waitForLine(/nothing is submitted until the bucket can be used/);
  await handIn(stack, namesOf('row', ROWS));
  await waitFor('every row to be postponed', async () => {
    const { counts } = await stack.batch(BATCH);
    const postponed = (worker.stderr().match(/"event":"postponed"/g) ?? []).length;
    return postponed >= ROWS && counts.accepted === ROWS;
  });
  expect(stack.sandbox.ledger.submits()).toBe(0);
  await stack.bucket.client.send(new CreateBucketCommand({ Bucket: name }));
  expect((await stack.waitUntilFinished(BATCH)).counts).toMatchObject({ delivered: ROWS, dead_lettered: 0 });
  expect(stack.sandbox.ledger.submits()).toBe(ROWS);
  await worker.kill('SIGTERM');
});

it('when nothing can be put, paying stops at UNDELIVERED_MAX and what was under way', async () => {
  const undeliveredMax = 4;
  const slots = 3;
  const { stack, gate } = await startGatedStack({
    env: { UNDELIVERED_MAX: String(undeliveredMax), UPSTREAM_SLOTS: String(slots), UPSTREAM_OVERHANG: '0' },
  });
  await gate.set('slow-down', 'PUT');
  const worker = await stack.startWorker();
  await handIn(stack, namesOf('row', ROWS));
  const stopped = await stack.waitForBatch(
    BATCH,
    'as many undelivered as allowed, and none under way',
    ({ counts }) => counts.generated >= undeliveredMax && counts.submitting + counts.submitted === 0,
  );
  const paid = stack.sandbox.ledger.submits();
  expect(paid).toBe(stopped.counts.generated);
  // The cap is looked at when a licence is given; what had one by then may come on top, but no more than the slots.
  expect(paid).toBeLessThanOrEqual(undeliveredMax + slots);
  const puts = gate.puts;
  await waitFor('the worker to try each of them some times more', () => gate.puts >= puts + 5 * paid);
  expect(stack.sandbox.ledger.submits()).toBe(paid);
  await gate.clear();
  await stack.waitUntilFinished(BATCH);
  expect((await expectBooksBalance(stack)).counts).toMatchObject({ delivered: ROWS, dead_lettered: 0 });
  expect(stack.sandbox.ledger.billed()).toBe(ROWS);
  await worker.kill('SIGTERM');
});
