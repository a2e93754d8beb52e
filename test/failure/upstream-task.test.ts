// A task that takes another way than PENDING, RUNNING, SUCCEEDED: waited for up to its deadline, then given up honestly.
import { expect, it } from 'vitest';
import { aimedAt, expectBooksBalance, handIn, storiesOf, toldOnce } from '../support/row-story.ts';
import { startStack } from '../support/stack.ts';
import { BATCH } from '../support/stores.ts';

const NAMES = [
  'unknown-a-while',
  'unknown-for-ever',
  'ends-unknown',
  'canceled',
  'never',
  'suspended',
  'new-status',
  'succeeded-without-url',
  'plain',
];

const story = toldOnce(async () => {
  const stack = await startStack({ env: { TASK_DEADLINE_MS: '6000' } });
  stack.sandbox.faults.add(
    { at: 'query', kind: 'unknown', times: 4, source: aimedAt('unknown-a-while') },
    { at: 'query', kind: 'unknown', source: aimedAt('unknown-for-ever') },
    { at: 'task', kind: 'unknown', source: aimedAt('ends-unknown') },
    { at: 'task', kind: 'canceled', source: aimedAt('canceled') },
    { at: 'task', kind: 'never', source: aimedAt('never') },
    { at: 'task', kind: 'suspended', ms: 400, source: aimedAt('suspended') },
    {
      at: 'query',
      kind: 'json',
      body: { output: { task_status: 'MELTING' } },
      times: 3,
      source: aimedAt('new-status'),
    },
    {
      at: 'query',
      kind: 'json',
      body: { output: { task_status: 'SUCCEEDED' } },
      times: 4,
      source: aimedAt('succeeded-without-url'),
    },
  );
  const worker = await stack.startWorker();
  await handIn(stack, NAMES);
  await stack.waitUntilFinished(BATCH);
  const batch = await expectBooksBalance(stack, BATCH, 2);
  expect(batch.counts).toMatchObject({ delivered: 5, dead_lettered: 4, in_doubt: 0 });
  expect((await stack.batches.line()).slotsInUse).toBe(0);
  await worker.kill('SIGTERM');
  return storiesOf(stack, NAMES);
});

it.each([
  ['unknown-a-while', 'UNKNOWN for some polls'],
  ['suspended', 'SUSPENDED for a while'],
  ['new-status', 'a status that nobody documented'],
  ['succeeded-without-url', 'SUCCEEDED without an address, for some polls'],
  ['plain', 'nothing unusual'],
])('%s: %s ends in a delivered picture, one submit, billed once', async (name) => {
  expect(await story(name)).toMatchObject({
    submits: 1,
    tasks: 1,
    billed: 1,
    record: { status: 'delivered', attempts: 0 },
  });
});

it.each([
  ['unknown-for-ever', 'UNKNOWN', 'although upstream finished and billed it'],
  ['ends-unknown', 'UNKNOWN', 'which upstream never finished'],
  ['never', 'RUNNING', 'which upstream never finished'],
])('%s: a task that only ever says %s, %s, is given up at the deadline as perhaps billed', async (name, said) => {
  const row = await story(name);
  expect(row).toMatchObject({ submits: 1, tasks: 1 });
  expect(row.record).toMatchObject({ status: 'dead_lettered', billed: 'maybe' });
  expect(row.letter).toMatchObject({ stage: 'poll', code: 'task_deadline_passed', task_id: row.ledger[0]?.taskId });
  expect(row.letter?.message).toContain(`upstream last said ${said}`);
});

it('a task that somebody CANCELED upstream is a dead letter, not billed, and not submitted again', async () => {
  const row = await story('canceled');
  expect(row).toMatchObject({ submits: 1, tasks: 1, billed: 0, record: { status: 'dead_lettered', billed: 'no' } });
  expect(row.letter).toMatchObject({ stage: 'poll', code: 'task_canceled', task_id: row.ledger[0]?.taskId });
});
