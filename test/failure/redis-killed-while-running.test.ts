// Redis dies or stands still under a running batch: nothing is lost, nothing is paid twice.
import { createConnection } from 'node:net';
import { expect, it } from 'vitest';
import { spawnProgram } from '../support/child.ts';
import { dedicatedRedis } from '../support/redis-server.ts';
import { expectBooksBalance, handIn, namesOf } from '../support/row-story.ts';
import { startStack } from '../support/stack.ts';
import { BATCH } from '../support/stores.ts';
import { waitFor } from '../support/wait-for.ts';

const ROWS = 40;
const SUBMITS_AT_ONCE = 4;
const SHUTDOWN_TIMEOUT_MS = 1_000;

it('kill -9 of Redis three times while a batch runs: all delivered, billed once, doubts only for submits under way', async () => {
  const server = await dedicatedRedis();
  const stack = await startStack({
    redisUrl: server.url,
    env: { SUBMIT_CONCURRENCY: String(SUBMITS_AT_ONCE), DOUBT_SETTLE_MS: '600000' },
    sandbox: { serviceMsMedian: 150 },
  });
  const worker = await stack.startWorker();
  await handIn(stack, namesOf('row', ROWS));
  const kills = [0.2, 0.5, 0.8].map((part) => Math.ceil(ROWS * part));
  for (const tasks of kills) {
    await waitFor(`${tasks} tasks`, () => stack.sandbox.ledger.tasks() >= tasks);
    await server.restart('SIGKILL');
  }
  await stack.waitForBatch(
    BATCH,
    'all delivered or in doubt',
    ({ counts }) => counts.delivered + counts.in_doubt === ROWS,
  );
  const batch = await expectBooksBalance(stack);
  expect(batch.counts.in_doubt).toBeLessThanOrEqual(kills.length * SUBMITS_AT_ONCE);
  expect(batch.counts).toMatchObject({ delivered: ROWS - batch.counts.in_doubt, dead_lettered: 0 });
  expect(stack.sandbox.ledger.submits()).toBe(ROWS);
  expect(await stack.keysInBucket()).toHaveLength(batch.counts.delivered);
  expect(await worker.kill('SIGTERM')).toEqual({ code: 0, signal: null });
});

it('answers that arrive while Redis is dead are kept by the worker and written when it is back: no doubt', async () => {
  const server = await dedicatedRedis();
  const stack = await startStack({
    redisUrl: server.url,
    env: {
      SUBMIT_CONCURRENCY: String(SUBMITS_AT_ONCE),
      // Longer than this test may take: an answer is late when Redis makes it so, not because the machine is slow.
      UPSTREAM_REQUEST_TIMEOUT_MS: '60000',
      RESCUE_MARGIN_MS: '60000',
      DOUBT_SETTLE_MS: '600000',
    },
  });
  stack.sandbox.faults.add({ at: 'submit', kind: 'hold', created: true, times: SUBMITS_AT_ONCE });
  const worker = await stack.startWorker();
  await handIn(stack, namesOf('row', SUBMITS_AT_ONCE));
  await waitFor('all submits to be under way', () => stack.sandbox.holds.list().length === SUBMITS_AT_ONCE);
  await server.kill('SIGKILL');
  expect(stack.sandbox.holds.release()).toBe(SUBMITS_AT_ONCE);
  // The answers are out; the worker has noticed that it cannot write them, or is still trying.
  await waitFor('the answers to have been given', () => stack.sandbox.log.counts().submit?.['200'] === SUBMITS_AT_ONCE);
  await server.start();
  await stack.waitUntilFinished(BATCH);
  expect((await expectBooksBalance(stack)).counts).toMatchObject({ delivered: SUBMITS_AT_ONCE, in_doubt: 0 });
  expect(stack.sandbox.ledger.submits()).toBe(SUBMITS_AT_ONCE);
  await worker.kill('SIGTERM');
});

it('a worker that is told to stop while Redis is dead ends in time, its answer in the log, and nothing is paid twice later', async () => {
  const server = await dedicatedRedis();
  const stack = await startStack({
    redisUrl: server.url,
    env: { SHUTDOWN_TIMEOUT_MS: String(SHUTDOWN_TIMEOUT_MS), DOUBT_SETTLE_MS: '600000' },
  });
  stack.sandbox.faults.add({ at: 'submit', kind: 'hold', created: true, times: 1 });
  const worker = await stack.startWorker();
  await handIn(stack, ['only']);
  expect(await stack.sandbox.holds.waitForOne({ at: 'submit' })).toHaveLength(1);
  await server.kill('SIGKILL');
  stack.sandbox.holds.release();
  const asked = performance.now();
  expect(await worker.kill('SIGTERM')).toEqual({ code: 5, signal: null });
  expect(performance.now() - asked).toBeLessThan(SHUTDOWN_TIMEOUT_MS + 5_000);
  // The one thing that would be lost: it is in the log, whole, for whoever settles the doubt.
  const [taskId] = stack.sandbox.ledger.rows().map((row) => row.taskId);
  expect(worker.stderr()).toMatch(
    new RegExp(`"task_id":"${taskId}".*outcome not written before the end of this worker`),
  );
  await server.start();
  const second = await stack.startWorker();
  // The task exists and its id died with the worker: a doubt, which nobody submits again.
  await stack.waitForBatch(BATCH, 'in doubt', ({ counts }) => counts.in_doubt === 1);
  expect([stack.sandbox.ledger.submits(), stack.sandbox.ledger.tasks()]).toEqual([1, 1]);
  await second.kill('SIGTERM');
});

it('a Redis that loads its file for long answers LOADING meanwhile: nobody gives up, and all goes on when it is ready', async () => {
  const server = await dedicatedRedis();
  const stack = await startStack({ redisUrl: server.url, sandbox: { serviceMsMedian: 150 } });
  const worker = await stack.startWorker();
  // Between two looks at its sockets it loads a thousand commands.
  for (let i = 0; i < 3_000; i += 1) stack.redis.set('ballast', i).catch(() => undefined);
  await stack.redis.ping();
  await handIn(stack, namesOf('row', ROWS));
  await waitFor('the batch to be in full swing', () => stack.sandbox.ledger.tasks() >= ROWS / 3);
  await server.kill('SIGKILL');
  const ready = server.start(['--key-load-delay', '500']);
  await waitFor('LOADING', async () => (await firstWord(server.port)).startsWith('-LOADING'));
  const cli = spawnProgram('apps/producer/src/main.ts', { env: stack.env, args: ['batch', 'show', BATCH] });
  const [{ code }] = await Promise.all([cli.exited, ready]);
  // Whichever came first, the end of its patience or the data.
  if (code !== 0) expect([code, cli.stderr()]).toEqual([5, expect.stringMatching(/REDIS_URL.*does not answer/)]);
  await stack.waitForBatch(
    BATCH,
    'all delivered or in doubt',
    ({ counts }) => counts.delivered + counts.in_doubt === ROWS,
  );
  expect((await expectBooksBalance(stack)).counts.dead_lettered).toBe(0);
  expect(stack.sandbox.ledger.billed()).toBeLessThanOrEqual(ROWS);
  expect(await worker.kill('SIGTERM')).toEqual({ code: 0, signal: null });
});

/** What a bare socket is told; empty where nobody listens yet. */
const firstWord = (port: number): Promise<string> =>
  new Promise((said) => {
    const socket = createConnection({ host: '127.0.0.1', port }, () => socket.write('PING\r\n'));
    socket.once('error', () => said(''));
    socket.once('data', (bytes) => {
      socket.destroy();
      said(bytes.toString('latin1'));
    });
  });
