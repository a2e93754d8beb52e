// A worker freezes with the answer of its POST in hand, for so long that its row is let go; then it wakes and tells.
import { licenceLua } from '@outpaint/shared/record/scripts/licence';
import { transitionLua } from '@outpaint/shared/record/scripts/transition';
import { expect, it } from 'vitest';
import { type Program, spawnProgram } from '../support/child.ts';
import { startRedisGate } from '../support/redis-gate.ts';
import { expectBooksBalance, handIn, PRICE_MICRO, storyOf } from '../support/row-story.ts';
import { type Stack, startStack } from '../support/stack.ts';
import { BATCH } from '../support/stores.ts';
import { waitFor } from '../support/wait-for.ts';

const ROW = 'late';

interface Scene {
  readonly stack: Stack;
  readonly frozen: Program;
  /** It goes on where it stood: the record of its answer is written next. */
  wake(): void;
}

/** The list does not show the task, against the API's documents: otherwise it would be adopted, and nothing be late. */
const freezeWithAnswer = async (): Promise<Scene> => {
  const stack = await startStack({ env: { DOUBT_SETTLE_MS: '1500' } });
  stack.sandbox.change({ listLagMs: 600_000 });
  const gate = await startRedisGate(stack.env.REDIS_URL ?? '');
  for (const lua of [licenceLua, transitionLua]) await stack.redis.script('LOAD', lua);
  const { promise: caught, resolve: spring } = Promise.withResolvers<void>();
  gate.arm({ text: '"name":"submitted"', when: 'before', hold: true, spring });
  const frozen = await stack.startWorker({ env: { REDIS_URL: gate.url }, args: ['--stages', 'submit'] });
  await handIn(stack, [ROW]);
  await caught;
  process.kill(frozen.pid, 'SIGSTOP');
  return {
    stack,
    frozen,
    wake: () => {
      gate.release();
      process.kill(frozen.pid, 'SIGCONT');
    },
  };
};

const happened = (stack: Stack, event: string): Promise<true> =>
  waitFor(`the row to be ${event}`, async () => {
    const { events } = await storyOf(stack, ROW);
    if (events.includes(event)) return true as const;
    throw new Error(events.join());
  });

it('the answer of a row that was released and not licensed again is taken: polled, delivered, submitted and billed once', async () => {
  const { stack, frozen, wake } = await freezeWithAnswer();
  // Nothing is fed from a paused batch, so the released row waits.
  await stack.batches.pause(BATCH);
  const other = await stack.startWorker();
  await happened(stack, 'released');
  expect(await stack.batch(BATCH)).toMatchObject({ reservedMicro: 0, counts: { accepted: 1 } });
  wake();
  await happened(stack, 'delivered');
  await stack.batches.resume(BATCH);
  const batch = await stack.waitUntilFinished(BATCH);
  const row = await storyOf(stack, ROW);
  expect(row.events).toEqual(['licensed', 'doubted', 'released', 'submitted', 'generated', 'delivered']);
  expect(row).toMatchObject({ submits: 1, tasks: 1, billed: 1 });
  expect(row.record.taskId).toBe(row.ledger[0]?.taskId);
  expect(batch.spentMicro).toBe(PRICE_MICRO);
  expect(await stack.doubts.suspects()).toEqual([]);
  await expectBooksBalance(stack);
  await frozen.kill('SIGTERM');
  await other.kill('SIGTERM');
});

it('the answer of a row that was licensed again is a suspected duplicate, shown until a person has --seen it', async () => {
  const { stack, frozen, wake } = await freezeWithAnswer();
  const other = await stack.startWorker();
  await happened(stack, 'delivered');
  wake();
  await frozen.waitForLine(/suspected duplicate/);
  const row = await storyOf(stack, ROW);
  const [first, second] = row.ledger;
  // The row keeps the task of its second submit; the first one is the one too many, and paid.
  expect(row.record).toMatchObject({ status: 'delivered', taskId: second?.taskId });
  expect(row).toMatchObject({ submits: 2, tasks: 2 });
  expect(row.events.filter((event) => event === 'submitted')).toHaveLength(1);
  expect(await stack.doubts.suspects()).toMatchObject([
    { task_id: first?.taskId, expansion_ids: [row.record.id], why: 'late_answer' },
  ]);
  await frozen.kill('SIGTERM');
  await other.kill('SIGTERM');

  const cli = async (...args: string[]) => {
    const program = spawnProgram('apps/producer/src/main.ts', { env: stack.env, args });
    const { code } = await program.exited;
    return { code, stdout: program.stdout(), stderr: program.stderr() };
  };
  const shown = await cli('reconcile', '--json');
  expect(JSON.parse(shown.stdout), shown.stderr).toMatchObject({ suspected_duplicates: [{ task_id: first?.taskId }] });
  expect(JSON.parse((await cli('line', 'status', '--json')).stdout)).toMatchObject({
    in_doubt: 0,
    doubts: { waiting: 0, held: 0, suspected_duplicates: 1 },
  });
  expect((await cli('line', 'status')).stdout).toMatch(/suspected duplicates +1: outpaint reconcile/);
  const seen = await cli('reconcile', '--seen', first?.taskId ?? '', '--json');
  expect(seen.code, seen.stderr).toBe(0);
  expect(JSON.parse(seen.stdout)).toEqual({ decided: [], seen: [first?.taskId] });
  expect(await stack.doubts.suspects()).toEqual([]);
  // There is nothing of that name any more, which a typing error should not hide.
  expect((await cli('reconcile', '--seen', first?.taskId ?? '')).code).toBe(2);
});
