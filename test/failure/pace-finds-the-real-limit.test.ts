// The account allows half of what is configured: pace and slots find it, with few refusals, and climb when it allows more.
import type { Throttle } from '@outpaint/shared/record/throttle';
import { expect, it } from 'vitest';
import { expectBooksBalance, handIn, namesOf, recordOf } from '../support/row-story.ts';
import { type Stack, startStack } from '../support/stack.ts';
import { BATCH } from '../support/stores.ts';
import { waitFor } from '../support/wait-for.ts';

const SET_RATE = 8;
const REAL_RATE = 4;
const ROWS = 48;

interface Run {
  readonly refused: number;
  /** The pace in force at each look, once the first refusal had come. */
  readonly seen: readonly number[];
}

const runBatch = async (stack: Stack, names: readonly string[]): Promise<Run> => {
  const seen: number[] = [];
  const worker = await stack.startWorker();
  await handIn(stack, names);
  await stack.waitForBatch(
    BATCH,
    'delivered',
    ({ counts }) => {
      void stack.batches.line().then(({ throttle }) => {
        if (throttle.submitRate !== null) seen.push(throttle.submitRate.inForce);
      });
      return counts.delivered === names.length;
    },
    120_000,
  );
  await worker.kill('SIGTERM');
  return { refused: stack.sandbox.log.counts().submit?.['429'] ?? 0, seen };
};

const env = (recoveryMs: number) => ({
  SUBMIT_RATE_PER_SECOND: String(SET_RATE),
  THROTTLE_RECOVERY_MS: String(recoveryMs),
  SUBMIT_CONCURRENCY: '4',
});
const mean = (numbers: readonly number[]): number => numbers.reduce((sum, n) => sum + n, 0) / numbers.length;

it('a rate of half of the setting is found with few refusals, none of which spends an attempt, and a higher one is climbed to', {
  timeout: 240_000,
}, async () => {
  const sandbox = { submitRate: REAL_RATE };
  const names = namesOf('row', ROWS);
  const stack = await startStack({ sandbox, env: env(60_000) });
  const { refused, seen } = await runBatch(stack, names);
  expect((await expectBooksBalance(stack)).counts).toMatchObject({ delivered: ROWS, dead_lettered: 0, in_doubt: 0 });
  expect(stack.sandbox.ledger.tasks()).toBe(ROWS);
  for (const name of names) expect(await recordOf(stack, name)).toMatchObject({ attempts: 0, deaths: 0 });
  // The same without the slow climb: a limit that is back at once is what a fixed pace and a wait after each 429 are.
  const control = await startStack({ sandbox, env: env(100) });
  const fixed = await runBatch(control, names);
  process.stderr.write(
    `refused of ${ROWS}: ${refused}, with a fixed pace ${fixed.refused}; mean pace ${mean(seen).toFixed(2)}\n`,
  );
  expect(refused).toBeGreaterThan(0);
  expect(refused).toBeLessThanOrEqual(ROWS / 4);
  expect(fixed.refused).toBeGreaterThan(refused);
  // Near the real limit on the whole, neither far above it nor crawling.
  expect(mean(seen)).toBeGreaterThan(REAL_RATE / 2);
  expect(mean(seen)).toBeLessThan(REAL_RATE * 1.4);

  stack.sandbox.change({ submitRate: 1_000 });
  const limits = (): Promise<Throttle> => stack.batches.line().then(({ throttle }) => throttle);
  await waitFor('the whole pace', async () => (await limits()).submitRate === null, { timeoutMs: 90_000 });
  expect((await limits()).cuts.submitRate).toBeGreaterThan(0);
});

it('fewer tasks than slots are found, and more are used when the account has them', { timeout: 240_000 }, async () => {
  const stack = await startStack({
    sandbox: { tasksMax: 4, serviceMsMedian: 300 },
    env: { UPSTREAM_SLOTS: '8', UPSTREAM_OVERHANG: '0', THROTTLE_RECOVERY_MS: '60000' },
  });
  const names = namesOf('row', ROWS);
  const slots: number[] = [];
  const worker = await stack.startWorker();
  await handIn(stack, names);
  await stack.waitForBatch(
    BATCH,
    'delivered',
    ({ counts }) => {
      void stack.batches.line().then(({ throttle }) => {
        if (throttle.slots !== null) slots.push(throttle.slots.inForce);
      });
      return counts.delivered === ROWS;
    },
    120_000,
  );
  const refused = stack.sandbox.log.counts().submit?.['429'] ?? 0;
  process.stderr.write(`refused of ${ROWS}: ${refused}; mean slots ${mean(slots).toFixed(2)} of 4\n`);
  expect((await expectBooksBalance(stack)).counts).toMatchObject({ delivered: ROWS, dead_lettered: 0 });
  for (const name of names) expect(await recordOf(stack, name)).toMatchObject({ attempts: 0 });
  expect(refused).toBeGreaterThan(0);
  expect(refused).toBeLessThanOrEqual(ROWS / 4);
  expect(mean(slots)).toBeLessThan(5);
  const { throttle } = await stack.batches.line();
  expect(throttle.cuts).toMatchObject({ submitRate: 0, queryRate: 0 });
  stack.sandbox.change({ tasksMax: 1_000 });
  await waitFor('all slots', async () => (await stack.batches.line()).throttle.slots === null, { timeoutMs: 90_000 });
  await worker.kill('SIGTERM');
});

it('queries that come too fast slow all queries, and no task is given up for it', { timeout: 120_000 }, async () => {
  const stack = await startStack({
    sandbox: { queryRate: 5, serviceMsMedian: 2_000 },
    env: { QUERY_RATE_PER_SECOND: '50', THROTTLE_RECOVERY_MS: '600000', POLL_DELAY_MS_MAX: '40' },
  });
  const worker = await stack.startWorker();
  await handIn(stack, namesOf('row', 8));
  await waitFor('the query pace to be cut', async () => (await stack.batches.line()).throttle.queryRate !== null);
  await stack.waitUntilFinished(BATCH, 90_000);
  expect((await expectBooksBalance(stack)).counts).toMatchObject({ delivered: 8, dead_lettered: 0 });
  const { throttle } = await stack.batches.line();
  expect(throttle.queryRate).toMatchObject({ full: 50, code: 'Throttling.RateQuota' });
  expect(throttle.queryRate?.inForce).toBeLessThan(40);
  expect(throttle.submitRate).toBeNull();
  await worker.kill('SIGTERM');
});
