// A submit whose answer does not say whether a task was made: held as a doubt, never sent a second time.
import type { FaultRuleInput } from '@outpaint/sandbox/upstream/fault-rule';
import { expect, it } from 'vitest';
import {
  aimedAt,
  expectBooksBalance,
  handIn,
  PRICE_MICRO,
  storiesOf,
  storyOf,
  toldOnce,
} from '../support/row-story.ts';
import { type Stack, startStack } from '../support/stack.ts';
import { BATCH } from '../support/stores.ts';
import { waitFor } from '../support/wait-for.ts';

/** Omit alone would keep only what all kinds of a union share. */
type Unaimed<Rule> = Rule extends unknown ? Omit<Rule, 'at' | 'source'> : never;
type SubmitFault = Unaimed<Extract<FaultRuleInput, { at: 'submit' }>>;

/** Name, what goes wrong at the submit, whether the task was made all the same, and under which code the doubt is kept. */
const DOUBTS: readonly (readonly [string, SubmitFault, boolean, string])[] = [
  ['a 502 page that hides a task', { kind: 'html', status: 502, created: true }, true, 'upstream_not_json'],
  ['a 502 page and no task', { kind: 'html', status: 502, created: false }, false, 'upstream_not_json'],
  ['no answer at all, the task made', { kind: 'hang', created: true }, true, 'upstream_timeout'],
  ['no answer at all, no task', { kind: 'hang', created: false }, false, 'upstream_timeout'],
  ['a reset after the task was made', { kind: 'reset_after' }, true, 'upstream_reset'],
  ['a reset before any task', { kind: 'reset_before' }, false, 'upstream_reset'],
  [
    'a 200 without task_id',
    { kind: 'json', status: 200, body: { request_id: 'r' }, created: true },
    true,
    'upstream_bad_answer',
  ],
  [
    'a 500 with a code nobody knows',
    { kind: 'error', status: 500, code: 'InternalError.New', created: true },
    true,
    'InternalError.New',
  ],
  [
    'a 500 that ran out of time',
    { kind: 'error', status: 500, code: 'RequestTimeOut', created: true },
    true,
    'RequestTimeOut',
  ],
  ['an answer later than the timeout', { kind: 'slow', ms: 5_000 }, true, 'upstream_timeout'],
];
const GOOD = ['good-0', 'good-1', 'good-2'];
const nameOf = (i: number): string => `doubt-${i}`;

const slotsFreed = (stack: Stack): Promise<true> =>
  waitFor('every doubt to give its slot back', async () => {
    const stories = await Promise.all(DOUBTS.map((_, i) => storyOf(stack, nameOf(i))));
    return stories.every(({ events }) => events.includes('slot_freed'));
  });

const story = toldOnce(async () => {
  const stack = await startStack({
    // Short, so that the sweeper is seen to pass them by.
    env: {
      DOUBT_SETTLE_MS: '600000',
      TASK_DEADLINE_MS: '6000',
      UPSTREAM_REQUEST_TIMEOUT_MS: '2500',
      RESCUE_MARGIN_MS: '2500',
    },
  });
  // Nothing settles a doubt during this test.
  stack.sandbox.faults.add({ at: 'list', status: 500, code: 'InternalError' });
  for (const [i, [, fault]] of DOUBTS.entries()) {
    stack.sandbox.faults.add({ at: 'submit', ...fault, source: aimedAt(nameOf(i)) } as FaultRuleInput);
  }
  const worker = await stack.startWorker();
  const names = [...DOUBTS.map((_, i) => nameOf(i)), ...GOOD];
  await handIn(stack, names);
  const batch = await stack.waitForBatch(
    BATCH,
    'all in doubt or delivered',
    ({ counts }) => counts.in_doubt === DOUBTS.length && counts.delivered === GOOD.length,
  );
  await expectBooksBalance(stack);
  // A doubt may have been paid for: its money stays reserved, and its slot is given back only when its task must have ended.
  expect(batch).toMatchObject({ held: 0, state: 'sealed', reservedMicro: DOUBTS.length * PRICE_MICRO });
  await slotsFreed(stack);
  expect((await stack.batches.line()).slotsInUse).toBe(0);
  await worker.kill('SIGTERM');
  return storiesOf(stack, names);
});

it.each(DOUBTS.map((row, i) => [...row, nameOf(i)] as const))(
  '%s is held as a doubt and never posted again',
  async (_title, _fault, created, code, name) => {
    const row = await story(name);
    expect(row).toMatchObject({ submits: 1, tasks: created ? 1 : 0, letter: null });
    expect(row.record).toMatchObject({ status: 'in_doubt', doubtCode: code, taskId: null, attempts: 0 });
    expect(row.record.errors).toMatchObject([{ stage: 'submit', code }]);
    expect(row.events).toEqual(['licensed', 'doubted', 'slot_freed']);
  },
);

it.each(GOOD)('%s beside them is delivered, billed once', async (name) => {
  expect(await story(name)).toMatchObject({ submits: 1, billed: 1, record: { status: 'delivered' } });
});

it('SUBMIT_5XX_IN_DOUBT=true holds even a 500 whose code says that no task was made', async () => {
  const stack = await startStack({ env: { SUBMIT_5XX_IN_DOUBT: 'true', DOUBT_SETTLE_MS: '600000' } });
  const code = 'InternalError.Algo';
  stack.sandbox.faults.add(
    { at: 'submit', status: 500, code, times: 1, source: aimedAt('cautious') },
    // A 4xx is a clear no under every setting.
    { at: 'submit', status: 429, code: 'Throttling.RateQuota', times: 1, source: aimedAt('throttled') },
  );
  const worker = await stack.startWorker();
  await handIn(stack, ['cautious', 'throttled']);
  await stack.waitForBatch(
    BATCH,
    'one in doubt, one delivered',
    ({ counts }) => counts.in_doubt + counts.delivered === 2,
  );
  await expectBooksBalance(stack);
  expect(await storyOf(stack, 'cautious')).toMatchObject({
    submits: 1,
    tasks: 0,
    record: { status: 'in_doubt', doubtCode: code },
  });
  expect(await storyOf(stack, 'throttled')).toMatchObject({
    submits: 2,
    billed: 1,
    record: { status: 'delivered', attempts: 0 },
  });
  await worker.kill('SIGTERM');
});
