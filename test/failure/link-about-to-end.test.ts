// Links to paid pictures live an hour: what is about to be lost is delivered first, and nothing is submitted meanwhile.
import type { BatchName } from '@outpaint/shared/contract/ids';
import { expect, it } from 'vitest';
import { startGatedStack } from '../support/gated-store.ts';
import { expectBooksBalance, handIn, namesOf, rowOf } from '../support/row-story.ts';
import { startStack } from '../support/stack.ts';
import { BATCH } from '../support/stores.ts';
import { waitFor } from '../support/wait-for.ts';

const MINUTE_MS = 60_000;

it('after an outage of delivering, pictures are fetched in the order in which their links end', async () => {
  const stack = await startStack({ env: { RESCUE_MARGIN_MS: '30000' } });
  const makers = await stack.startWorker({ args: ['--stages', 'submit,poll'] });
  // Made in this order, each with a link that lives for so many minutes.
  const minutes = [50, 20, 40, 25, 60, 30, 55, 35];
  for (const [i, life] of minutes.entries()) {
    stack.sandbox.change({ resultTtlMs: life * MINUTE_MS });
    await stack.accept(BATCH, [rowOf(stack, `lives-${life}`)]);
    await stack.waitForBatch(BATCH, `picture ${i}`, ({ counts }) => counts.generated === i + 1);
  }
  await stack.batches.seal(BATCH);
  await makers.kill('SIGTERM');
  const worker = await stack.startWorker({ args: ['--stages', 'deliver'], env: { DELIVER_CONCURRENCY: '1' } });
  await stack.waitUntilFinished(BATCH);
  const fetched = stack.sandbox.log
    .recent()
    .filter(({ op }) => op === 'result')
    .map(({ source }) => Number(/lives-(\d+)/.exec(source ?? '')?.[1]));
  expect(fetched).toEqual(minutes.toSorted((a, b) => a - b));
  expect((await expectBooksBalance(stack)).counts).toMatchObject({ delivered: minutes.length, dead_lettered: 0 });
  await worker.kill('SIGTERM');
});

it('while a picture that cannot be kept is past half of its link’s life nothing is paid; once it is kept all goes on', {
  timeout: 120_000,
}, async () => {
  const { stack, gate } = await startGatedStack({ sandbox: { resultTtlMs: 40_000 } });
  await gate.set('slow-down', 'PUT');
  const worker = await stack.startWorker();
  const early = 'early' as BatchName;
  await handIn(stack, ['first'], early);
  await stack.waitForBatch(early, 'a paid picture that cannot be kept', ({ counts }) => counts.generated === 1);
  await waitFor('half of its link’s life to pass', async () => (await stack.batches.line()).expiring === 1);
  stack.sandbox.change({ resultTtlMs: 3_600_000 });
  await handIn(stack, namesOf('late', 5));
  const puts = gate.puts;
  await waitFor('the worker to try it some times more', () => gate.puts >= puts + 5);
  expect(stack.sandbox.ledger.submits('/late-')).toBe(0);
  await gate.clear();
  await stack.waitUntilFinished(BATCH);
  expect((await expectBooksBalance(stack, early)).counts).toMatchObject({ delivered: 1, dead_lettered: 0 });
  expect((await expectBooksBalance(stack)).counts).toMatchObject({ delivered: 5, dead_lettered: 0 });
  await worker.kill('SIGTERM');
});
