// During an upgrade an older worker meets what a newer one wrote: it leaves it alone, and nothing is lost.
import { createCancelStore } from '@outpaint/shared/batch/cancel-store';
import type { BatchName } from '@outpaint/shared/contract/ids';
import { connectWorker } from '@outpaint/shared/queue/connections';
import { Queue } from 'bullmq';
import { expect, it } from 'vitest';
import { startServer } from '../support/http-server.ts';
import { startStack } from '../support/stack.ts';
import { BATCH, idOf, requestOf } from '../support/stores.ts';
import { waitFor } from '../support/wait-for.ts';

it('a record newer than the worker is neither submitted nor dropped, and goes on once a worker knows it', async () => {
  const stack = await startStack();
  await stack.accept(BATCH, [requestOf('a', BATCH, { source: stack.sandbox.pictureUrl('a.jpg') })]);
  await stack.batches.seal(BATCH);
  const id = idOf('a');
  const [fed] = await stack.batches.feed({
    slots: 7,
    undeliveredMax: 50,
    undeliveredAgeMsMax: 900_000,
    watchMs: 600_000,
    rowsMax: 1,
  });
  await stack.redis.hset(stack.keys.record(id), 'v', '2');
  await stack.queues.addToken('submit', id, fed?.hop ?? 0, 0);
  const worker = await stack.startWorker();
  await worker.waitForLine(/the record is newer than this worker/);
  expect(
    await waitFor(
      'the token to wait again',
      async () => (await stack.queues.tokenState('submit', id, fed?.hop ?? 0)) === 'delayed',
    ),
  ).toBe(true);
  expect(stack.sandbox.ledger.submits()).toBe(0);
  // The upgrade is over: this worker stands for the newer one.
  await stack.redis.hset(stack.keys.record(id), 'v', '1');
  expect((await stack.waitUntilFinished(BATCH)).counts.delivered).toBe(1);
  await worker.kill('SIGTERM');
});

it('a token of a later version waits for a worker that knows it', async () => {
  const stack = await startStack();
  const connection = connectWorker(stack.env.REDIS_URL ?? '', 'newer');
  const queue = new Queue('poll', { connection, prefix: stack.keys.queuePrefix });
  await queue.add('poll', { v: 2, something: 'else' }, { jobId: 'from-the-future', attempts: 1, removeOnFail: true });
  const worker = await stack.startWorker();
  await waitFor('the token to be put off', async () => (await queue.getJobState('from-the-future')) === 'delayed');
  await worker.kill('SIGTERM');
  expect(await queue.getJobState('from-the-future')).toBe('delayed');
  await queue.close();
  connection.disconnect();
});

it('a record without what later versions added is understood: what is not there has its beginning', async () => {
  const stack = await startStack();
  await stack.accept(BATCH, [requestOf('a', BATCH, { source: stack.sandbox.pictureUrl('a.jpg') })]);
  await stack.batches.seal(BATCH);
  const key = stack.keys.record(idOf('a'));
  const [fed] = await stack.batches.feed({
    slots: 7,
    undeliveredMax: 50,
    undeliveredAgeMsMax: 900_000,
    watchMs: 600_000,
    rowsMax: 1,
  });
  const kept = ['v', 'status', 'hop', 'batch', 'fed_at'];
  const others = Object.keys(await stack.redis.hgetall(key)).filter((field) => !kept.includes(field));
  if (others.length > 0) await stack.redis.hdel(key, ...others);
  await stack.queues.addToken('submit', idOf('a'), fed?.hop ?? 0, 0);
  const worker = await stack.startWorker();
  expect((await stack.waitUntilFinished(BATCH)).counts.delivered).toBe(1);
  expect(stack.sandbox.ledger.billed()).toBe(1);
  await worker.kill('SIGTERM');
});

it('a batch of a later version is left alone: nothing is accepted into it, sealed, paused or told of it', async () => {
  const stack = await startStack();
  await stack.accept(BATCH, [requestOf('a')]);
  const other = 'of-today' as BatchName;
  await stack.accept(other, [requestOf('b', other)]);
  const key = stack.keys.batch(BATCH);
  await stack.redis.hset(key, 'v', '2');
  const before = await stack.redis.hgetall(key);
  const refused = { code: 'batch_newer' };
  const { batches } = stack;
  await expect(batches.open(BATCH, {})).rejects.toMatchObject(refused);
  await expect(batches.accept(BATCH, [requestOf('late')])).rejects.toMatchObject(refused);
  await expect(batches.seal(BATCH)).rejects.toMatchObject(refused);
  await expect(batches.pause(BATCH)).rejects.toMatchObject(refused);
  await expect(batches.resume(BATCH)).rejects.toMatchObject(refused);
  await expect(batches.read(BATCH)).rejects.toMatchObject(refused);
  await expect(createCancelStore(stack.redis, stack.keys).begin(BATCH)).rejects.toMatchObject(refused);
  expect(await batches.sealIdle(0)).toEqual([other]);
  // A list shows what it knows.
  expect((await batches.list({ offset: 0, limit: 10 })).map(({ name }) => name)).toEqual([other]);
  expect(await stack.redis.hgetall(key)).toEqual(before);
  expect(await stack.redis.exists(stack.keys.request(idOf('late')))).toBe(0);

  const server = await startServer(stack);
  const answer = await fetch(`${server.address}/v1/batches/${BATCH}`);
  expect([answer.status, await answer.json()]).toEqual([503, expect.objectContaining({ ...refused, retryable: true })]);
  await server.program.kill('SIGTERM');
});

it('a message for a batch of a later version waits for a worker that knows it', async () => {
  const stack = await startStack();
  await stack.accept(BATCH, [requestOf('a')]);
  await stack.redis.hset(stack.keys.batch(BATCH), 'v', '2');
  const connection = connectWorker(stack.env.REDIS_URL ?? '', 'another-service');
  const queue = new Queue('intake', { connection, prefix: stack.keys.queuePrefix });
  const worker = await stack.startWorker({ args: ['--stages', 'intake'] });
  const job = await queue.add('expand', requestOf('by-message'), { attempts: 1 });
  await waitFor('the message to be put off', async () => (await job.getState()) === 'delayed');
  await stack.redis.hset(stack.keys.batch(BATCH), 'v', '1');
  await waitFor('the message to be taken', async () => (await job.getState()) === 'completed');
  expect(await stack.redis.exists(stack.keys.request(idOf('by-message')))).toBe(1);
  await worker.kill('SIGTERM');
  await queue.close();
  connection.disconnect();
});
