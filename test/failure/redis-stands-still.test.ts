// A Redis that keeps its sockets and does not answer (SIGSTOP, a disk that hangs): the batch goes on where it stood.
import { setTimeout as outage } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { spawnProgram } from '../support/child.ts';
import { dedicatedRedis } from '../support/redis-server.ts';
import { expectBooksBalance, handIn, namesOf } from '../support/row-story.ts';
import { startStack } from '../support/stack.ts';
import { BATCH } from '../support/stores.ts';
import { waitFor } from '../support/wait-for.ts';

const ROWS = 30;
const OUTAGE_MS = 3_000;

it.each([
  ['shorter than the lock of a token', '120000'],
  // Every token in hand is then given out again; the hop in it is old by the time, or it is the same step made twice.
  ['three times as long as the lock of a token', '1000'],
])('three seconds without an answer, %s: all delivered, billed once, nothing in doubt', async (_, TOKEN_LOCK_MS) => {
  const server = await dedicatedRedis();
  const stack = await startStack({ redisUrl: server.url, sandbox: { serviceMsMedian: 150 }, env: { TOKEN_LOCK_MS } });
  const worker = await stack.startWorker();
  await handIn(stack, namesOf('row', ROWS));
  await waitFor('the batch to be in full swing', () => stack.sandbox.ledger.tasks() >= ROWS / 3);
  const { pid } = server;
  if (pid === undefined) throw new Error('Redis is not running');
  process.kill(pid, 'SIGSTOP');
  const tasksAtStop = stack.sandbox.ledger.tasks();
  await outage(OUTAGE_MS);
  // Without Redis there is no licence: what is submitted meanwhile had one already.
  expect(stack.sandbox.ledger.tasks()).toBeLessThanOrEqual(tasksAtStop + 4);
  process.kill(pid, 'SIGCONT');
  await stack.waitUntilFinished(BATCH);
  expect((await expectBooksBalance(stack)).counts).toMatchObject({ delivered: ROWS, dead_lettered: 0, in_doubt: 0 });
  expect(stack.sandbox.ledger.submits()).toBe(ROWS);
  expect(await worker.kill('SIGTERM')).toEqual({ code: 0, signal: null });
});

it('the command line ends with 5 and says so, be it before its first command or in the middle of following a batch', async () => {
  const server = await dedicatedRedis();
  const stack = await startStack({ redisUrl: server.url });
  await handIn(stack, ['row']);
  const cli = (...args: string[]) => spawnProgram('apps/producer/src/main.ts', { env: stack.env, args });
  const following = cli('batch', 'watch', BATCH);
  await following.waitForLine(/0 of 1/);
  const { pid } = server;
  if (pid === undefined) throw new Error('Redis is not running');
  process.kill(pid, 'SIGSTOP');
  try {
    const late = cli('batch', 'show', BATCH);
    expect(await late.exited).toEqual({ code: 5, signal: null });
    expect(late.stderr()).toMatch(/REDIS_URL.*does not answer/);
    await following.waitForLine(/Redis does not answer; trying again for a minute/);
  } finally {
    process.kill(pid, 'SIGCONT');
  }
  await following.waitForLine(/Redis answers again/);
  process.kill(following.pid, 'SIGINT');
  expect((await following.exited).code).toBe(130);
});
