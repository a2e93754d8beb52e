// The bucket fails while paid pictures wait for it: they wait too, spend no attempt, and arrive once when it is back.
import type { S3Fault } from '@outpaint/sandbox/services/start-s3-gate';
import { expect, it } from 'vitest';
import { startGatedStack } from '../support/gated-store.ts';
import { expectBooksBalance, handIn, namesOf, storiesOf } from '../support/row-story.ts';
import { BATCH } from '../support/stores.ts';
import { waitFor } from '../support/wait-for.ts';

const ROWS = 4;
const NAMES = namesOf('row', ROWS);
/** The links lived for one hour. */
const TWO_HOURS_MS = 7_200_000;

/** More failures than attempts are allowed (three), where that does not take a timeout each. */
const OUTAGES: readonly (readonly [string, S3Fault, string, number])[] = [
  ['refuses with 403 AccessDenied', 'access-denied', 'store_refused', 4],
  ['asks to slow down with 503 SlowDown', 'slow-down', 'store_unavailable', 4],
  ['answers 500 InternalError', 'internal-error', 'store_unavailable', 4],
  ['has lost its bucket', { status: 404, code: 'NoSuchBucket' }, 'store_refused', 4],
  ['takes the picture and never answers', 'hang', 'store_unavailable', 1],
  // The last one, since the gate cannot come back and be shut again in one step.
  ['is away', 'away', 'store_unavailable', 4],
];

it('the picture is delivered once, whatever the bucket did before: refused, slowed down, failed, hung, was away', async () => {
  const { stack, gate } = await startGatedStack({ env: { S3_REQUEST_TIMEOUT_MS: '300', RETRY_DELAY_MS_MAX: '60' } });
  const worker = await stack.startWorker();
  await gate.set('access-denied', 'PUT');
  await handIn(stack, NAMES);
  let seen = 0;
  for (const [what, fault, code, times] of OUTAGES) {
    await gate.set(fault, 'PUT');
    const target = seen + times;
    const failed = await waitFor(`each picture to fail ${times} times more while the store ${what}`, async () => {
      const stories = [...(await storiesOf(stack, NAMES)).values()];
      return (
        stories.every(({ record }) => record.storeErrors >= target && record.errors.at(-1)?.code === code) && stories
      );
    });
    for (const { record, submits } of failed) {
      expect(record).toMatchObject({ status: 'generated', deliverAttempts: 0, attempts: 0 });
      expect(submits).toBe(1);
    }
    seen = Math.max(...failed.map(({ record }) => record.storeErrors));
  }
  await gate.clear();
  await stack.waitUntilFinished(BATCH);
  expect((await expectBooksBalance(stack)).counts).toMatchObject({ delivered: ROWS, dead_lettered: 0, in_doubt: 0 });
  expect([stack.sandbox.ledger.submits(), stack.sandbox.ledger.billed()]).toEqual([ROWS, ROWS]);
  expect(await stack.keysInBucket()).toHaveLength(ROWS);
  await worker.kill('SIGTERM');
});

it('an answer lost after the put: the object is found to be ours, one object, no second submit', async () => {
  const { stack, gate } = await startGatedStack();
  const worker = await stack.startWorker();
  await gate.set('answer-lost', 'PUT');
  await handIn(stack, NAMES);
  // Each object is written, and each worker's step believes that it was not.
  await waitFor('every picture to stand in the bucket', async () => (await stack.keysInBucket()).length === ROWS);
  await waitFor('every row to have seen a failure', async () =>
    [...(await storiesOf(stack, NAMES)).values()].every(({ record }) => record.storeErrors >= 1),
  );
  const written = await stack.keysInBucket();
  await gate.clear();
  await stack.waitUntilFinished(BATCH);
  expect((await expectBooksBalance(stack)).counts).toMatchObject({ delivered: ROWS, dead_lettered: 0 });
  expect(await stack.keysInBucket()).toEqual(written);
  for (const { record, submits, billed } of (await storiesOf(stack, NAMES)).values()) {
    expect([submits, billed]).toEqual([1, 1]);
    expect(record.objectBytes).toBeGreaterThan(0);
    expect(record.objectSha256).toMatch(/^[0-9a-f]{64}$/);
  }
  await worker.kill('SIGTERM');
});

it('an answer lost after the put, and the link is dead by then: the object is found to be ours, no result_expired', async () => {
  const { stack, gate } = await startGatedStack({ sandbox: { resign: false } });
  const worker = await stack.startWorker();
  await gate.set('answer-lost', 'PUT');
  await handIn(stack, NAMES);
  await waitFor('every picture to stand in the bucket', async () => (await stack.keysInBucket()).length === ROWS);
  await waitFor('every row to have seen a failure', async () =>
    [...(await storiesOf(stack, NAMES)).values()].every(({ record }) => record.storeErrors >= 1),
  );
  stack.sandbox.change({ clockAheadMs: TWO_HOURS_MS });
  await stack.waitUntilFinished(BATCH);
  expect((await expectBooksBalance(stack)).counts).toMatchObject({ delivered: ROWS, dead_lettered: 0 });
  expect(await stack.keysInBucket()).toHaveLength(ROWS);
  await worker.kill('SIGTERM');
});

it('a dead link while the store cannot say whether the picture stands there: it waits, and is given up when it can', async () => {
  const { stack, gate } = await startGatedStack({ sandbox: { resign: false } });
  const worker = await stack.startWorker();
  await gate.set('access-denied', 'PUT');
  await handIn(stack, NAMES);
  await stack.waitForBatch(BATCH, 'generated', ({ counts }) => counts.generated === ROWS);
  await gate.set('internal-error');
  stack.sandbox.change({ clockAheadMs: TWO_HOURS_MS });
  const seen = new Map([...(await storiesOf(stack, NAMES))].map(([name, { record }]) => [name, record.storeErrors]));
  await waitFor('every row to have asked the store several times more', async () =>
    [...(await storiesOf(stack, NAMES))].every(
      ([name, { record }]) => record.status === 'generated' && record.storeErrors >= (seen.get(name) ?? 0) + 4,
    ),
  );
  await gate.clear();
  await stack.waitUntilFinished(BATCH);
  expect((await expectBooksBalance(stack)).counts).toMatchObject({ delivered: 0, dead_lettered: ROWS });
  expect([...(await storiesOf(stack, NAMES)).values()].map(({ letter }) => letter?.code)).toEqual(
    NAMES.map(() => 'result_expired'),
  );
  await worker.kill('SIGTERM');
});
