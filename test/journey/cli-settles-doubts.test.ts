// `outpaint reconcile`: shows what is in doubt and why, settles what the list proves, and does what a person decides.
import { expect, it } from 'vitest';
import { spawnProgram } from '../support/child.ts';
import { aimedAt, expectBooksBalance, handIn, recordOf, storyOf } from '../support/row-story.ts';
import { type Stack, startStack } from '../support/stack.ts';
import { BATCH } from '../support/stores.ts';

const reconcile = async (stack: Stack, ...args: string[]) => {
  const program = spawnProgram('apps/producer/src/main.ts', { env: stack.env, args: ['reconcile', ...args] });
  const { code } = await program.exited;
  return { code, stdout: program.stdout(), stderr: program.stderr() };
};

/** Three rows, each with a task whose answer was lost, held because the key is shared. */
const threeHeld = async (): Promise<Stack> => {
  const stack = await startStack({ env: { DOUBT_SETTLE_MS: '2000' } });
  for (const name of ['a', 'b', 'c'])
    stack.sandbox.faults.add({ at: 'submit', kind: 'reset_after', source: aimedAt(name), times: 1 });
  const worker = await stack.startWorker();
  await handIn(stack, ['a', 'b', 'c']);
  const batch = await stack.waitUntilFinished(BATCH);
  expect(batch).toMatchObject({ held: 3, counts: { in_doubt: 3 } });
  await worker.kill('SIGTERM');
  return stack;
};

it('a person adopts one, releases one and gives one up, with the evidence shown; each does what it says', async () => {
  const stack = await threeHeld();
  const [a, b, c] = await Promise.all(['a', 'b', 'c'].map((name) => recordOf(stack, name)));
  const own = stack.sandbox.ledger.rows(aimedAt('a'))[0]?.taskId;

  const shown = await reconcile(stack, '--json');
  expect(shown.code, shown.stderr).toBe(6);
  const open = (JSON.parse(shown.stdout) as { open: { id: string; reason: string; candidates: object[] }[] }).open;
  expect(open.map(({ id, reason }) => [id, reason]).sort()).toEqual(
    [a, b, c].map((record) => [record?.id, 'shared_key']).sort(),
  );
  expect(JSON.stringify(open)).toContain(own);

  const asked = await reconcile(stack, '--release', `${BATCH}/b`);
  expect(asked.code).toBe(2);
  expect(asked.stderr).toContain('may be paid for a second time');
  expect(await recordOf(stack, 'b')).toMatchObject({ status: 'in_doubt' });

  const decided = await reconcile(
    stack,
    ...['--adopt', `${BATCH}/a=${own}`, '--release', `${BATCH}/b`, '--give-up', c?.id ?? '', '--yes'],
  );
  expect(decided.code, decided.stderr).toBe(0);
  // A task has one row: nobody else can adopt it.
  expect((await reconcile(stack, '--adopt', `${BATCH}/a=${own}`, '--yes')).code).toBe(2);

  const worker = await stack.startWorker();
  await stack.waitUntilFinished(BATCH);
  expect(await storyOf(stack, 'a')).toMatchObject({
    submits: 1,
    billed: 1,
    record: { status: 'delivered', taskId: own },
  });
  expect(await storyOf(stack, 'b')).toMatchObject({ submits: 2, record: { status: 'delivered', attempts: 1 } });
  expect(await storyOf(stack, 'c')).toMatchObject({
    submits: 1,
    record: { status: 'dead_lettered', deadCode: 'given_up', billed: 'maybe' },
    letter: { code: 'given_up' },
  });
  await worker.kill('SIGTERM');
});

it('without a worker one pass of the command settles what the list proves', async () => {
  const stack = await startStack({ env: { DOUBT_SETTLE_MS: '600000' } });
  stack.sandbox.faults.add({ at: 'submit', kind: 'reset_before', source: aimedAt('lost'), times: 1 });
  const worker = await stack.startWorker();
  await handIn(stack, ['lost']);
  await stack.waitForBatch(BATCH, 'in doubt', ({ counts }) => counts.in_doubt === 1);
  await worker.kill('SIGTERM');

  const early = await reconcile(stack, '--json');
  expect(early.code, early.stderr).toBe(0);
  expect(JSON.parse(early.stdout)).toMatchObject({ settled: [], open: [{ state: 'waiting' }], failed: null });

  stack.env.DOUBT_SETTLE_MS = '1500';
  await expect
    .poll(async () => JSON.parse((await reconcile(stack, '--json')).stdout).settled, { timeout: 60_000 })
    .toMatchObject([{ state: 'released' }]);
  const second = await stack.startWorker();
  await stack.waitUntilFinished(BATCH);
  expect(await storyOf(stack, 'lost')).toMatchObject({ submits: 2, billed: 1, record: { status: 'delivered' } });
  await expectBooksBalance(stack);
  await second.kill('SIGTERM');
});

it('an API that does not list is exit 5, and a wrong call is exit 2; nothing is decided', async () => {
  const stack = await threeHeld();
  stack.sandbox.faults.add({ at: 'list', status: 500, code: 'InternalError' });
  expect((await reconcile(stack)).code).toBe(5);
  expect((await reconcile(stack, '--adopt', 'no-equals-sign')).code).toBe(2);
  expect((await reconcile(stack, '--adopt', `${BATCH}/a=11111111-no-such-task`, '--yes')).code).toBe(2);
  expect((await stack.batch(BATCH)).counts).toMatchObject({ in_doubt: 3 });
});
