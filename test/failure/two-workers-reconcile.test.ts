// Two workers, one account, one query pacer: only one of them reads the account's list at a time.
import { expect, it } from 'vitest';
import { monitorRedis } from '../support/redis-monitor.ts';
import { aimedAt, expectBooksBalance, handIn, storyOf } from '../support/row-story.ts';
import { startStack } from '../support/stack.ts';
import { BATCH } from '../support/stores.ts';
import { waitFor } from '../support/wait-for.ts';

const LOOKS = 20;

it('while one worker reads the list no other does, however often it asks, and a doubt is settled once', async () => {
  const stack = await startStack({
    // Longer than this test may take: the list is answered when the test says so.
    env: {
      ...{ UPSTREAM_REQUEST_TIMEOUT_MS: '60000', RESCUE_MARGIN_MS: '60000', DOUBT_SETTLE_MS: '600000' },
      ...{ DASHSCOPE_KEY_DEDICATED: 'true', RECONCILE_EVERY_MS: '50' },
    },
  });
  const { faults, holds } = stack.sandbox;
  faults.add(
    { at: 'submit', kind: 'reset_after', source: aimedAt('lost'), times: 1 },
    { at: 'list', kind: 'hold', times: 1 },
  );
  const askedFor = { lease: 0 };
  await monitorRedis(stack.env.REDIS_URL ?? '', (line) => {
    if (line.includes(`"${stack.keys.reconciling}"`)) askedFor.lease += 1;
  });

  const workers = [await stack.startWorker(), await stack.startWorker()];
  // It shows under which id the account lists our key.
  await handIn(stack, ['first']);
  await stack.waitForBatch(BATCH, 'the first row to be delivered', ({ counts }) => counts.delivered === 1);
  await handIn(stack, ['lost']);
  await holds.waitForOne({ at: 'list' });
  const holder = await stack.redis.get(stack.keys.reconciling);
  const before = askedFor.lease;
  await waitFor('the other worker to ask for the lease again and again', () => askedFor.lease >= before + LOOKS);
  expect(holds.list()).toHaveLength(1);
  expect(stack.sandbox.log.count('list')).toBe(0);
  expect(await stack.redis.get(stack.keys.reconciling)).toBe(holder);

  holds.release();
  await stack.waitUntilFinished(BATCH);
  const row = await storyOf(stack, 'lost');
  expect(row.events).toEqual(['licensed', 'doubted', 'adopted', 'generated', 'delivered']);
  expect(row).toMatchObject({ submits: 1, tasks: 1, billed: 1 });
  await expectBooksBalance(stack);
  for (const worker of workers) expect(await worker.kill('SIGTERM')).toEqual({ code: 0, signal: null });
});
