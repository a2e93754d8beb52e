// Other services drop jobs into the intake queue with BullMQ alone: good ones become expansions, bad ones letters.

import type { ExpansionId } from '@outpaint/shared/contract/ids';
import { connectWorker } from '@outpaint/shared/queue/connections';
import { createIntakeLetters } from '@outpaint/shared/queue/intake-letters';
import { type JobsOptions, Queue, QueueEvents } from 'bullmq';
import { expect, it, onTestFinished } from 'vitest';
import { type Stack, startStack } from '../support/stack.ts';
import { BATCH } from '../support/stores.ts';
import { waitFor } from '../support/wait-for.ts';

/** What another team writes: a queue's name, a prefix, a job's name. Nothing of ours. */
const openIntake = async (stack: Stack) => {
  const prefix = `{${stack.namespace}}`;
  const connection = connectWorker(stack.env.REDIS_URL ?? '', 'another-service');
  const eventConnection = connectWorker(stack.env.REDIS_URL ?? '', 'another-service-events');
  const queue = new Queue('intake', { connection, prefix });
  const events = new QueueEvents('intake', { connection: eventConnection, prefix });
  onTestFinished(async () => {
    await Promise.all([queue.close(), events.close()]);
    connection.disconnect();
    eventConnection.disconnect();
  });
  await events.waitUntilReady();
  return {
    queue,
    /** Rejects with the reason of a job that failed. */
    run: async (data: unknown, options: JobsOptions = {}): Promise<{ expansion_id: ExpansionId }> =>
      (await queue.add('expand', data, options)).waitUntilFinished(events, 20_000),
  };
};

const rowData = (stack: Stack, customId: string, more: Record<string, unknown> = {}) => ({
  custom_id: customId,
  batch: BATCH,
  source: stack.sandbox.pictureUrl(`${customId}.jpg`),
  parameters: { output_ratio: '16:9' },
  ...more,
});

const lettersOf = (stack: Stack) => createIntakeLetters(stack.redis, stack.keys, stack.queues);

it('a good job returns its expansion_id and is delivered, billed once; the same content twice is one expansion', async () => {
  const stack = await startStack();
  const worker = await stack.startWorker();
  const intake = await openIntake(stack);
  const [first, second] = await Promise.all([intake.run(rowData(stack, 'sku-1')), intake.run(rowData(stack, 'sku-1'))]);
  expect(first.expansion_id).toMatch(/^x_[a-z2-7]{26}$/);
  expect(second).toEqual(first);
  // Written otherwise, and yet the same: defaults spelled out, another order.
  const spelled = {
    v: 1,
    parameters: { angle: 0, output_ratio: '16:9', add_watermark: true },
    source: stack.sandbox.pictureUrl('sku-1.jpg'),
  };
  expect(await intake.run({ ...spelled, batch: BATCH, custom_id: 'sku-1' })).toEqual(first);
  await stack.waitForBatch(BATCH, 'delivered', ({ counts }) => counts.delivered === 1);
  expect(await stack.batch(BATCH)).toMatchObject({ rows: 1, state: 'open' });
  expect([stack.sandbox.ledger.submits(), stack.sandbox.ledger.billed()]).toEqual([1, 1]);
  expect((await stack.records.read(first.expansion_id))?.status).toBe('delivered');
  // Without a batch and an id it belongs to nobody's batch, and is expanded all the same.
  const single = await intake.run({ source: stack.sandbox.pictureUrl('single.jpg'), parameters: { x_scale: 2 } });
  await waitFor('the single one', async () => (await stack.records.read(single.expansion_id))?.status === 'delivered');
  expect(await lettersOf(stack).count()).toBe(0);
  await worker.kill('SIGTERM');
});

const tooLong = 'x'.repeat(70_000);

/** What was sent, and the field that its letter names. */
const MALFORMED: readonly (readonly [string, (good: Record<string, unknown>) => unknown, string])[] = [
  ['null', () => null, ''],
  ['text', () => 'expand this', ''],
  ['a list', () => [1, 2], ''],
  ['an empty object', () => ({}), 'source'],
  ['no source', ({ source: _source, ...rest }) => rest, 'source'],
  ['a source of another scheme', (good) => ({ ...good, source: 'ftp://example.com/a.jpg' }), 'source'],
  ['a source with a password', (good) => ({ ...good, source: 'https://me:secret-word@example.com/a.jpg' }), 'source'],
  ['a batch without custom_id', ({ custom_id: _id, ...rest }) => rest, 'custom_id'],
  ['a batch name with a slash', (good) => ({ ...good, batch: 'a/b' }), 'batch'],
  ['a parameter out of range', (good) => ({ ...good, parameters: { x_scale: 3.5 } }), 'parameters.x_scale'],
  ['a parameter of another type', (good) => ({ ...good, parameters: { angle: '90' } }), 'parameters.angle'],
  ['nothing to extend', (good) => ({ ...good, parameters: { x_scale: 1 } }), 'parameters'],
  ['an unknown field', (good) => ({ ...good, sorce: 'https://example.com/a.jpg' }), 'sorce'],
  ['a version of tomorrow', (good) => ({ ...good, v: 2 }), 'v'],
  ['an output key that climbs out', (good) => ({ ...good, output_key: '../other/a.jpg' }), 'output_key'],
  ['a message that is far too large', (good) => ({ ...good, note: tooLong }), ''],
];

it('every kind of malformed job ends as a letter that names what is wrong, and the worker goes on', async () => {
  const stack = await startStack();
  const worker = await stack.startWorker();
  const intake = await openIntake(stack);
  for (const [i, [, spoil]] of MALFORMED.entries()) {
    // Asking for many attempts must not make many letters, nor many tries at what cannot become right.
    const options = { jobId: `bad-${i}`, attempts: 50, backoff: { type: 'fixed', delay: 1 } };
    const data = spoil(rowData(stack, `bad-${i}`));
    await expect(intake.run(data, options)).rejects.toThrow();
    expect((await intake.queue.getJob(`bad-${i}`))?.attemptsMade).toBe(1);
  }
  const letters = await lettersOf(stack).list({ offset: 0, limit: 100 });
  expect(letters).toHaveLength(MALFORMED.length);
  expect(await lettersOf(stack).count()).toBe(MALFORMED.length);
  // Newest first, so the other way round.
  for (const [i, [what, , field]] of MALFORMED.toReversed().entries()) {
    const letter = letters[i]?.letter;
    expect(letter, what).toMatchObject({
      expansion_id: null,
      stage: 'intake',
      code: 'request_invalid',
      class: 'permanent',
      task_id: null,
    });
    expect(
      letter?.problems.map((problem) => problem.field),
      what,
    ).toContain(field);
    expect(letter?.message.length, what).toBeGreaterThan(10);
    expect(JSON.stringify(letter).length, what).toBeLessThan(70_000);
  }
  // Nothing of it became a row, and the next good one is expanded.
  expect(await stack.batches.read(BATCH)).toBeNull();
  expect(stack.sandbox.ledger.submits()).toBe(0);
  await intake.run(rowData(stack, 'good'));
  await stack.waitForBatch(BATCH, 'delivered', ({ counts }) => counts.delivered === 1);
  expect(await worker.kill('SIGTERM')).toEqual({ code: 0, signal: null });
});

it('other content under an id that was accepted is refused with a letter that names the field; the first one stands', async () => {
  const stack = await startStack();
  const worker = await stack.startWorker();
  const intake = await openIntake(stack);
  const { expansion_id } = await intake.run(rowData(stack, 'sku-1'));
  await expect(intake.run(rowData(stack, 'sku-1', { parameters: { output_ratio: '1:1' } }))).rejects.toThrow(
    'custom_id sku-1 was accepted in batch spring with another parameters.output_ratio',
  );
  const [found, ...others] = await lettersOf(stack).list({ offset: 0, limit: 10 });
  expect(others).toEqual([]);
  expect(found?.letter).toMatchObject({ stage: 'intake', problems: [{ field: 'parameters.output_ratio' }] });
  await stack.waitForBatch(BATCH, 'delivered', ({ counts }) => counts.delivered === 1);
  expect((await stack.records.read(expansion_id))?.request.parameters.output_ratio).toBe('16:9');
  expect(stack.sandbox.ledger.submits()).toBe(1);
  await worker.kill('SIGTERM');
});

it('whatever options the producer gave its job, it is one expansion, paid once', async () => {
  const stack = await startStack();
  const worker = await stack.startWorker();
  const intake = await openIntake(stack);
  const OPTIONS: readonly JobsOptions[] = [
    { attempts: 50, backoff: { type: 'exponential', delay: 1 } },
    { delay: 300 },
    { removeOnComplete: false, removeOnFail: false },
    { removeOnComplete: true },
    { priority: 2_097_151 },
    { lifo: true },
    { jobId: 'a-name-of-theirs', keepLogs: 0 },
    { stackTraceLimit: 0, sizeLimit: 10_000 },
  ];
  const ids = await Promise.all(OPTIONS.map((options, i) => intake.run(rowData(stack, `sku-${i}`), options)));
  expect(new Set(ids.map(({ expansion_id }) => expansion_id)).size).toBe(OPTIONS.length);
  await stack.batches.seal(BATCH);
  const batch = await stack.waitUntilFinished(BATCH);
  expect(batch.counts).toMatchObject({ delivered: OPTIONS.length, dead_lettered: 0 });
  expect([stack.sandbox.ledger.submits(), stack.sandbox.ledger.billed()]).toEqual([OPTIONS.length, OPTIONS.length]);
  expect(await lettersOf(stack).count()).toBe(0);
  await worker.kill('SIGTERM');
});
