// A query that fails says nothing about the task: polling goes on, no attempt is spent, the picture arrives.
import type { FaultRuleInput } from '@outpaint/sandbox/upstream/fault-rule';
import { expect, it } from 'vitest';
import { aimedAt, expectBooksBalance, handIn, recordOf, storiesOf, toldOnce } from '../support/row-story.ts';
import { startStack } from '../support/stack.ts';
import { BATCH } from '../support/stores.ts';

type QueryFault = Record<string, unknown> & { kind: string };

/** More often than attempts are allowed (three), but for the one that costs a timeout each time. */
const TIMES = 5;
const FAULTS: readonly (readonly [string, QueryFault, number, string])[] = [
  ['a 500 with a code', { kind: 'error', status: 500, code: 'InternalError.Algo' }, TIMES, 'InternalError.Algo'],
  ['a 429', { kind: 'error', status: 429, code: 'Throttling.RateQuota' }, TIMES, 'Throttling.RateQuota'],
  [
    'a 400 with a code of bad input',
    { kind: 'error', status: 400, code: 'InvalidParameter' },
    TIMES,
    'InvalidParameter',
  ],
  ['a 502 page', { kind: 'html', status: 502 }, TIMES, 'upstream_not_json'],
  ['a 200 page', { kind: 'html', status: 200 }, TIMES, 'upstream_bad_answer'],
  ['JSON of another form', { kind: 'json', body: { output: null } }, TIMES, 'upstream_bad_answer'],
  [
    'an answer about another task',
    { kind: 'json', body: { output: { task_id: 'other', task_status: 'FAILED' } } },
    TIMES,
    'upstream_bad_answer',
  ],
  ['a reset', { kind: 'reset' }, TIMES, 'upstream_reset'],
  ['no answer', { kind: 'hang' }, 2, 'upstream_timeout'],
];
const nameOf = (i: number): string => `query-${i}`;
const NAMES = FAULTS.map((_, i) => nameOf(i));

const story = toldOnce(async () => {
  const stack = await startStack({ env: { UPSTREAM_REQUEST_TIMEOUT_MS: '600' } });
  for (const [i, [, fault, times]] of FAULTS.entries()) {
    stack.sandbox.faults.add({ at: 'query', ...fault, times, source: aimedAt(nameOf(i)) } as FaultRuleInput);
  }
  const worker = await stack.startWorker();
  await handIn(stack, NAMES);
  await stack.waitUntilFinished(BATCH);
  const batch = await expectBooksBalance(stack);
  expect(batch.counts).toMatchObject({ delivered: FAULTS.length, dead_lettered: 0, in_doubt: 0 });
  expect((await stack.batches.line()).state).toBe('running');
  await worker.kill('SIGTERM');
  return storiesOf(stack, NAMES);
});

it.each(FAULTS.map((row, i) => [...row, nameOf(i)] as const))(
  '%s to a query: asked again, no attempt spent, delivered, billed once',
  async (_title, _fault, times, code, name) => {
    const row = await story(name);
    expect(row).toMatchObject({ submits: 1, tasks: 1, billed: 1, letter: null });
    expect(row.record).toMatchObject({ status: 'delivered', attempts: 0 });
    expect(row.record.errors).toHaveLength(times);
    expect(new Set(row.record.errors.map((error) => error.code))).toEqual(new Set([code]));
  },
);

it('a lone task is looked at when its poll is due, not when BullMQ happens to wake up', async () => {
  const polls = 12;
  const stack = await startStack({ env: { POLL_DELAY_MS_MAX: '60' } });
  stack.sandbox.faults.add({ at: 'query', kind: 'unknown', times: polls, source: aimedAt('lone') });
  const worker = await stack.startWorker();
  await handIn(stack, ['lone']);
  await stack.waitUntilFinished(BATCH);
  const { submittedAt, generatedAt, status } = await recordOf(stack, 'lone');
  expect(status).toBe('delivered');
  // Waits that are rounded up to whole seconds would make this twelve seconds.
  expect((generatedAt ?? 0) - (submittedAt ?? 0)).toBeLessThan((polls * 1_000) / 2);
  await worker.kill('SIGTERM');
});
