// SIGTERM in the middle of the work: what is in hand ends, nothing is left in doubt, and another worker finishes the rest.
import { expect, it } from 'vitest';
import { aimedAt, expectBooksBalance, handIn, namesOf, storyOf } from '../support/row-story.ts';
import { startStack } from '../support/stack.ts';
import { BATCH } from '../support/stores.ts';
import { waitFor } from '../support/wait-for.ts';

const ROWS = 40;
const SHUTDOWN_TIMEOUT_MS = 2_000;
/** Closing connections, and the exit itself on a busy machine. */
const CLOSING_MS = 3_000;

it.each(['SIGTERM', 'SIGINT'] as const)(
  '%s under load: exit 0 in time, no doubt, and the next worker finishes everything',
  async (signal) => {
    const stack = await startStack({
      env: { SHUTDOWN_TIMEOUT_MS: String(SHUTDOWN_TIMEOUT_MS) },
      sandbox: { serviceMsMedian: 200 },
    });
    // Everything takes a while, so that the signal meets submits, queries and downloads under way.
    stack.sandbox.faults.add({ at: 'submit', kind: 'slow', ms: 60 }, { at: 'query', kind: 'slow', ms: 30 });
    const first = await stack.startWorker();
    await handIn(stack, namesOf('row', ROWS));
    await stack.waitForBatch(
      BATCH,
      'work at every stage',
      ({ counts }) => counts.delivered >= 3 && counts.submitted >= 3,
    );
    const asked = performance.now();
    expect(await first.kill(signal)).toEqual({ code: 0, signal: null });
    expect(performance.now() - asked).toBeLessThan(SHUTDOWN_TIMEOUT_MS + CLOSING_MS);
    const drained = await expectBooksBalance(stack);
    expect(drained.counts).toMatchObject({ submitting: 0, in_doubt: 0, dead_lettered: 0 });
    expect(drained.counts.delivered).toBeLessThan(ROWS);

    const second = await stack.startWorker();
    await stack.waitUntilFinished(BATCH);
    expect((await expectBooksBalance(stack)).counts).toMatchObject({ delivered: ROWS, in_doubt: 0, dead_lettered: 0 });
    expect([stack.sandbox.ledger.submits(), stack.sandbox.ledger.billed()]).toEqual([ROWS, ROWS]);
    await second.kill('SIGTERM');
  },
);

it('a submit under way when the signal comes is waited for: its answer is money', async () => {
  const stack = await startStack({ env: { SHUTDOWN_TIMEOUT_MS: String(SHUTDOWN_TIMEOUT_MS) } });
  stack.sandbox.faults.add({ at: 'submit', kind: 'hold', created: true, source: aimedAt('only') });
  const worker = await stack.startWorker();
  await handIn(stack, ['only']);
  expect(await stack.sandbox.holds.waitForOne({ at: 'submit' })).toHaveLength(1);
  const exit = worker.kill('SIGTERM');
  await worker.waitForLine(/stopping: no new work/);
  stack.sandbox.holds.release();
  expect(await exit).toEqual({ code: 0, signal: null });
  const row = await storyOf(stack, 'only');
  expect(row.record).toMatchObject({ status: 'submitted', taskId: row.ledger[0]?.taskId });
  expect(row.events).toEqual(['licensed', 'submitted']);
});

it('a download that takes too long for the shutdown is given back whole, spends no attempt, and is done by the next worker', async () => {
  const stack = await startStack({ env: { SHUTDOWN_TIMEOUT_MS: '300', RESULT_DEADLINE_MS: '60000' } });
  stack.sandbox.faults.add({ at: 'result', kind: 'hang', times: 1, source: aimedAt('only') });
  const first = await stack.startWorker();
  await handIn(stack, ['only']);
  await waitFor('the download to hang', () => stack.sandbox.log.counts().result?.hang === 1);
  expect(await first.kill('SIGTERM')).toEqual({ code: 0, signal: null });
  expect((await storyOf(stack, 'only')).record).toMatchObject({ status: 'generated', deliverAttempts: 0, errors: [] });
  const second = await stack.startWorker();
  await stack.waitUntilFinished(BATCH);
  expect(await storyOf(stack, 'only')).toMatchObject({
    submits: 1,
    billed: 1,
    record: { status: 'delivered', deliverAttempts: 0 },
  });
  await expectBooksBalance(stack);
  await second.kill('SIGTERM');
});
