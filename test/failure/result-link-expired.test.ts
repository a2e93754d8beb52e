// The link to a paid picture is dead: a fresh one is asked for, and only where there is none can it be paid for again.
import { expect, it } from 'vitest';
import { redriveRow } from '../support/redrive-row.ts';
import { aimedAt, expectBooksBalance, handIn, PRICE_MICRO, storyOf } from '../support/row-story.ts';
import { startStack } from '../support/stack.ts';
import { BATCH } from '../support/stores.ts';

const TWO_HOURS_MS = 7_200_000;
const DAY_MS = 86_400_000;

it('an expired link is renewed by asking for the task again, where upstream signs anew: delivered, one submit', async () => {
  const stack = await startStack({ sandbox: { resign: true } });
  const first = await stack.startWorker({ args: ['--stages', 'submit,poll'] });
  await handIn(stack, ['old-link', 'refused-link']);
  await stack.waitForBatch(BATCH, 'generated', ({ counts }) => counts.generated === 2);
  await first.kill('SIGTERM');
  // The links lived for one hour; the task lives for a day.
  stack.sandbox.change({ clockAheadMs: TWO_HOURS_MS });
  const second = await stack.startWorker({ args: ['--stages', 'deliver'] });
  await stack.waitUntilFinished(BATCH);
  expect((await expectBooksBalance(stack)).counts).toMatchObject({ delivered: 2, dead_lettered: 0 });
  // The first download was refused, the second went to the fresh link.
  expect(stack.sandbox.log.counts().result).toEqual({ '403': 2, '200': 2 });
  for (const name of ['old-link', 'refused-link']) {
    expect(await storyOf(stack, name)).toMatchObject({ submits: 1, billed: 1, record: { resultUrl: null } });
  }
  await second.kill('SIGTERM');
});

it('where the task gives no other link the row is result_expired, and only pay-again submits it anew', async () => {
  const stack = await startStack({ sandbox: { resign: false } });
  stack.sandbox.faults.add({ at: 'result', kind: 'expired', source: aimedAt('gone') });
  const worker = await stack.startWorker();
  await handIn(stack, ['gone', 'good']);
  await stack.waitUntilFinished(BATCH);
  await expectBooksBalance(stack);
  const dead = await storyOf(stack, 'gone');
  expect(dead).toMatchObject({
    submits: 1,
    billed: 1,
    downloads: 1,
    record: { status: 'dead_lettered', billed: 'yes' },
  });
  expect(dead.letter).toMatchObject({ stage: 'deliver', code: 'result_expired', class: 'permanent' });

  stack.sandbox.faults.clear();
  expect(await redriveRow(stack, 'gone')).toMatchObject({ kind: 'needs_pay_again' });
  expect((await storyOf(stack, 'gone')).record).toEqual(dead.record);
  expect(stack.sandbox.ledger.submits(aimedAt('gone'))).toBe(1);

  expect(await redriveRow(stack, 'gone', { payAgain: true })).toMatchObject({ kind: 'redrive', paysAgain: true });
  await stack.waitUntilFinished(BATCH);
  expect(await storyOf(stack, 'gone')).toMatchObject({ submits: 2, billed: 2, record: { status: 'delivered' } });
  const batch = await stack.batch(BATCH);
  // Paid twice because a person said so, and the books say it too: three pictures for two rows.
  expect(batch).toMatchObject({ spentMicro: 3 * PRICE_MICRO, reservedMicro: 0 });
  expect(batch.counts).toEqual(await stack.countRows(BATCH));
  await worker.kill('SIGTERM');
});

it('a task that upstream has forgotten after a day is result_expired, not submitted again', async () => {
  const stack = await startStack({ sandbox: { resign: true } });
  const first = await stack.startWorker({ args: ['--stages', 'submit,poll'] });
  await handIn(stack, ['forgotten']);
  await stack.waitForBatch(BATCH, 'generated', ({ counts }) => counts.generated === 1);
  await first.kill('SIGTERM');
  stack.sandbox.change({ clockAheadMs: 2 * DAY_MS });
  const second = await stack.startWorker();
  await stack.waitUntilFinished(BATCH);
  await expectBooksBalance(stack);
  const row = await storyOf(stack, 'forgotten');
  expect(row).toMatchObject({ submits: 1, billed: 1, record: { status: 'dead_lettered' } });
  expect(row.letter).toMatchObject({ code: 'result_expired' });
  await second.kill('SIGTERM');
});

it('while asking for a fresh link fails, the row waits, spends no attempt and is not given up', async () => {
  const stack = await startStack({ sandbox: { resign: true }, env: { TRANSIENT_ATTEMPTS_MAX: '1' } });
  const first = await stack.startWorker({ args: ['--stages', 'submit,poll'] });
  await handIn(stack, ['patient']);
  await stack.waitForBatch(BATCH, 'generated', ({ counts }) => counts.generated === 1);
  await first.kill('SIGTERM');
  stack.sandbox.change({ clockAheadMs: TWO_HOURS_MS });
  stack.sandbox.faults.add({ at: 'query', kind: 'html', status: 502, times: 2, source: aimedAt('patient') });
  const second = await stack.startWorker({ args: ['--stages', 'deliver'] });
  await stack.waitUntilFinished(BATCH);
  const row = await storyOf(stack, 'patient');
  expect(row).toMatchObject({ submits: 1, billed: 1, record: { status: 'delivered', deliverAttempts: 0 } });
  expect(row.record.errors.map(({ code }) => code)).toEqual(['result_link_unavailable', 'result_link_unavailable']);
  await second.kill('SIGTERM');
});
