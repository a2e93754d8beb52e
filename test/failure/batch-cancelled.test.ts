// A batch is cancelled while it works: what is paid is delivered, all else is withdrawn, whoever dies meanwhile.

import { cancelRowsLua } from '@outpaint/shared/batch/cancel-scripts';
import { SINGLE_BATCH } from '@outpaint/shared/contract/ids';
import { expect, it } from 'vitest';
import { type Program, spawnProgram } from '../support/child.ts';
import { digest } from '../support/kill-scene.ts';
import { startRedisGate } from '../support/redis-gate.ts';
import { aimedAt, expectBooksBalance, handIn, namesOf, rowOf } from '../support/row-story.ts';
import { type Stack, startStack } from '../support/stack.ts';
import { BATCH } from '../support/stores.ts';

const start = ({ env }: Stack, ...args: string[]): Program => spawnProgram('apps/producer/src/main.ts', { env, args });
const outpaint = async (stack: Stack, ...args: string[]) => {
  const program = start(stack, ...args);
  const { code } = await program.exited;
  return { code, stdout: program.stdout(), stderr: program.stderr() };
};

/** Six tasks wait upstream, of which `running` refuse to be cancelled as if they had begun; all other rows wait here. */
const workingScene = async (rows: number, running: readonly string[]): Promise<Stack> => {
  const stack = await startStack({
    sandbox: { slots: 0 },
    env: { UPSTREAM_SLOTS: '4', UPSTREAM_OVERHANG: '2' },
  });
  const refusal = { at: 'cancel', status: 400, code: 'UnsupportedOperation' } as const;
  stack.sandbox.faults.add(...running.map((name) => ({ ...refusal, source: aimedAt(name) })));
  await handIn(stack, namesOf('sku', rows));
  return stack;
};

const sixAtWork = (stack: Stack) => stack.waitForBatch(BATCH, 'six submitted', ({ counts }) => counts.submitted === 6);
const withdrawn = ({ sandbox }: Stack) => sandbox.ledger.rows().filter(({ status }) => status === 'CANCELED');

it('cancelled while tasks run and wait upstream: what runs is delivered and paid, all else withdrawn, exit 9', async () => {
  const stack = await workingScene(40, ['sku-0', 'sku-1']);
  const worker = await stack.startWorker();
  await sixAtWork(stack);
  const unasked = await outpaint(stack, 'batch', 'cancel', 'spring');
  expect(unasked).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('confirm with --yes') });
  expect((await stack.batch(BATCH)).run).toBe('running');

  const cancel = start(stack, 'batch', 'cancel', 'spring', '--yes');
  await stack.waitForBatch(BATCH, 'all but two withdrawn', ({ counts }) => counts.cancelled === 38);
  expect(withdrawn(stack)).toHaveLength(4);
  expect(await expectBooksBalance(stack)).toMatchObject({ run: 'cancelling', counts: { submitted: 2 } });
  stack.sandbox.change({ slots: 2 });
  expect(await cancel.exited).toEqual({ code: 9, signal: null });
  expect(cancel.stdout()).toContain('spring was cancelled.');
  expect(cancel.stdout()).toContain('38 rows cancelled, nothing paid for them.');

  expect(stack.sandbox.ledger.submits()).toBe(6);
  expect(stack.sandbox.ledger.billed()).toBe(2);
  expect(await stack.keysInBucket()).toEqual(['spring/sku-0.jpg', 'spring/sku-1.jpg']);
  expect(await expectBooksBalance(stack)).toMatchObject({
    run: 'cancelled',
    state: 'finished',
    counts: { delivered: 2, cancelled: 38 },
  });
  expect(await outpaint(stack, 'batch', 'cancel', 'spring', '--yes')).toMatchObject({ code: 9 });
  expect(await outpaint(stack, 'batch', 'resume', 'spring')).toMatchObject({
    stdout: expect.stringContaining('it is cancelled'),
  });
  await worker.kill('SIGTERM');
});

it('killed at each step of it, the next worker goes on: nothing is paid twice, nothing is lost, nothing dies', async () => {
  const stack = await workingScene(1_200, []);
  // Once for the worker that dies of it, once for good: the row that is asked first runs.
  stack.sandbox.faults.add({ at: 'cancel', status: 400, code: 'UnsupportedOperation', times: 2 });
  const gate = await startRedisGate(stack.env.REDIS_URL ?? '');
  await stack.redis.script('LOAD', cancelRowsLua);
  const killedAt = async (text: string, when: 'before' | 'after', skip = 0): Promise<void> => {
    gate.arm({ text, when, skip, spring: () => void worker.kill('SIGKILL') });
    const worker = spawnProgram('apps/worker/src/main.ts', { env: { ...stack.env, REDIS_URL: gate.url } });
    expect(await worker.exited).toEqual({ code: null, signal: 'SIGKILL' });
    await expectBooksBalance(stack);
  };
  const first = await stack.startWorker();
  await sixAtWork(stack);
  await first.kill('SIGTERM');
  expect(await outpaint(stack, 'batch', 'cancel', 'spring', '--yes', '--detach')).toMatchObject({ code: 9 });
  await killedAt(digest(cancelRowsLua), 'before', 1);
  await killedAt(digest(cancelRowsLua), 'after', 1);
  await killedAt('"name":"withdrawing"', 'after');
  await killedAt('"name":"not_withdrawn"', 'before');
  await killedAt('"name":"withdrawn"', 'before');
  await killedAt('"name":"withdrawn"', 'after');

  const last = await stack.startWorker();
  await stack.waitForBatch(BATCH, 'all but one withdrawn', ({ counts }) => counts.cancelled === 1_199);
  stack.sandbox.change({ slots: 2 });
  await stack.waitUntilFinished(BATCH);
  await last.kill('SIGTERM');
  expect(stack.sandbox.ledger.submits()).toBe(6);
  expect(withdrawn(stack)).toHaveLength(5);
  expect(await expectBooksBalance(stack)).toMatchObject({
    run: 'cancelled',
    counts: { delivered: 1, cancelled: 1_199, dead_lettered: 0 },
  });
});

it('dead letters of a cancelled batch go on where the picture is paid, and are left where it would be paid anew', async () => {
  const stack = await startStack();
  stack.sandbox.faults.add(
    { at: 'submit', status: 400, code: 'InvalidParameter.ImageContent', source: aimedAt('sku-0') },
    { at: 'result', kind: 'not_image', source: aimedAt('sku-1'), times: 3 },
  );
  await stack.accept(
    BATCH,
    namesOf('sku', 2).map((name) => rowOf(stack, name)),
  );
  const worker = await stack.startWorker();
  await stack.waitForBatch(BATCH, 'both dead', ({ counts }) => counts.dead_lettered === 2);
  await outpaint(stack, 'batch', 'cancel', 'spring', '--yes');
  const redrive = await outpaint(stack, 'dead-letter', 'redrive', '--batch', 'spring', '--yes');
  expect(redrive.stdout).toMatch(/sku-0 {2}left, .*its batch was cancelled/);
  await stack.waitForBatch(BATCH, 'delivered', ({ counts, run }) => counts.delivered === 1 && run === 'cancelled');
  expect(stack.sandbox.ledger.submits()).toBe(2);
  expect(await expectBooksBalance(stack)).toMatchObject({ state: 'finished', counts: { dead_lettered: 1 } });
  await worker.kill('SIGTERM');
});

it('by HTTP: cancelled once, told again the same, and refused for single requests', async () => {
  const stack = await workingScene(3, []);
  await stack.batches.open(SINGLE_BATCH, {});
  const server = spawnProgram('apps/producer/src/main.ts', {
    env: { ...stack.env, HTTP_PORT: '0' },
    args: ['serve', '--no-schedules'],
  });
  const [, address = ''] = await server.waitForLine(/"address":"(http:[^"]+)"/);
  const post = (batch: string) => fetch(`${address}/v1/batches/${batch}/cancel`, { method: 'POST' });
  for (let i = 0; i < 2; i += 1) {
    const answer = await post('spring');
    expect([answer.status, await answer.json()]).toMatchObject([200, { name: 'spring', run: 'cancelling' }]);
  }
  expect((await post(SINGLE_BATCH)).status).toBe(409);
  expect((await post('unknown')).status).toBe(404);
  await server.kill('SIGTERM');
});
