// A Redis that keeps its sockets and does not answer (SIGSTOP, a disk that hangs): the batch goes on where it stood.
import { setTimeout as outage } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { dedicatedRedis } from '../support/redis-server.ts';
import { expectBooksBalance, handIn, namesOf } from '../support/row-story.ts';
import { startStack } from '../support/stack.ts';
import { BATCH } from '../support/stores.ts';
import { waitFor } from '../support/wait-for.ts';

const ROWS = 30;
const OUTAGE_MS = 3_000;

it('three seconds without an answer: all delivered, billed once, nothing in doubt', async () => {
  const server = await dedicatedRedis();
  const stack = await startStack({ redisUrl: server.url, sandbox: { serviceMsMedian: 150 } });
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
