// The account is at fault, in each of its forms: the line halts, no row dies for it, what is paid goes on, and it reopens itself.
import type { BatchName } from '@outpaint/shared/contract/ids';
import { ACCOUNT_CODES } from '@outpaint/shared/errors/table-account';
import { describe, expect, it } from 'vitest';
import type { Program } from '../support/child.ts';
import { aimedAt, expectBooksBalance, namesOf, rowOf } from '../support/row-story.ts';
import { type Stack, startStack } from '../support/stack.ts';
import { waitFor } from '../support/wait-for.ts';

const IN_FLIGHT = 2;
const LATE = 6;
const SUBMITS_AT_ONCE = 4;
const PROBE_MS_MIN = 150;

interface Fault {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly queries?: boolean;
}

/** Every code of the table, under the status that it comes with, be it 400 or 429; then what no table can hold. */
const FAULTS: readonly Fault[] = [
  ...Object.entries(ACCOUNT_CODES).map(([code, row]) => ({
    status: row.http ?? 403,
    code,
    message: 'message' in row ? row.message : 'the account is at fault',
  })),
  // Codes that mean throttling, unless their message says that nothing is left to wait for.
  { status: 429, code: 'Throttling.AllocationQuota', message: 'Free allocated quota exceeded.' },
  { status: 429, code: 'insufficient_quota', message: 'Free allocated quota exceeded.' },
  // No code that anybody documented: the status alone says that we are not welcome.
  { status: 403, code: 'SomethingNew', message: 'you shall not pass' },
  { status: 401, code: 'SomethingElse', message: 'who are you' },
  // The key is dead for queries too: what is in flight waits, and nothing of it is given up.
  { status: 401, code: 'invalid_api_key', message: 'Incorrect API key provided, for queries too.', queries: true },
];
const nameOf = ({ status, code, queries }: Fault): string => `${status} ${code}${queries ? ' for queries too' : ''}`;

interface HaltStory {
  readonly sinceMs: number;
  readonly deliveredMeanwhile: number;
  readonly countsWhileHalted: Record<string, number>;
  readonly submitsWhileHalted: number;
  readonly submitsMax: number;
  readonly tasksWhileHalted: number;
  readonly countsAfter: Record<string, number>;
  readonly billed: number;
  readonly cuts: Record<string, number>;
  readonly alerts: number;
}

/** One line for the whole account, so the faults come one after the other, each with a batch of its own. */
const play = async (stack: Stack, worker: Program, fault: Fault, batch: BatchName): Promise<HaltStory> => {
  const { ledger, faults, log } = stack.sandbox;
  const late = `/${batch}-late-`;
  const alertsBefore = alertsOf(worker);
  const accept = (prefix: string, count: number) =>
    stack.accept(
      batch,
      namesOf(`${batch}-${prefix}`, count).map((name) => rowOf(stack, name, batch)),
    );
  // Some tasks are at work when the account breaks; nobody has seen their end yet.
  const [unseen = ''] = faults.add({ at: 'query', kind: 'unknown', source: `/${batch}-early-` });
  await accept('early', IN_FLIGHT);
  await stack.waitForBatch(batch, 'tasks in flight', ({ counts }) => counts.submitted === IN_FLIGHT);
  stack.sandbox.change({ account: fault });
  const brokenAt = performance.now();
  const brokenAtRedis = await stack.records.now();
  await accept('late', LATE);
  await stack.batches.seal(batch);
  const halted = await waitFor(`the line to halt for ${fault.code}`, async () => {
    const line = await stack.batches.line();
    return line.state === 'halted' && line.code === fault.code && line.message === fault.message && line;
  });

  // Polling and delivering go on while the line stands, where the account still answers queries.
  faults.clear([unseen]);
  if (fault.queries === true) {
    const refused = () => log.counts().get?.[String(fault.status)] ?? 0;
    await waitFor('queries to be refused', () => refused() >= 2 * IN_FLIGHT);
  } else {
    await stack.waitForBatch(batch, 'early rows delivered', ({ counts }) => counts.delivered === IN_FLIGHT);
  }
  await waitFor('a probe after the halt', () => ledger.submits(late) >= 2);
  const whileHalted = await stack.batch(batch);
  expect((await stack.batches.line()).state).toBe('halted');
  const submitsWhileHalted = ledger.submits(late);
  // What had its licence when the first refusal came, and one probe per gap, of which the first is the shortest.
  const probesMax = 1 + Math.ceil((performance.now() - brokenAt) / PROBE_MS_MIN);
  const tasksWhileHalted = ledger.tasks(late);

  stack.sandbox.change({ account: 'ok' });
  await stack.waitUntilFinished(batch);
  const { counts } = await expectBooksBalance(stack, batch);
  const line = await stack.batches.line();
  expect(line).toMatchObject({ state: 'running', code: null, slotsInUse: 0 });
  return {
    sinceMs: (halted.since ?? 0) - brokenAtRedis,
    deliveredMeanwhile: whileHalted.counts.delivered,
    countsWhileHalted: whileHalted.counts,
    submitsWhileHalted,
    submitsMax: SUBMITS_AT_ONCE + probesMax,
    tasksWhileHalted,
    countsAfter: counts,
    billed: ledger.billed(`/${batch}-`),
    cuts: line.throttle.cuts,
    alerts: alertsOf(worker) - alertsBefore,
  };
};

const alertsOf = (worker: Program): number =>
  worker
    .stderr()
    .split('\n')
    .filter((line) => line.includes('line halted')).length;

/** One worker meets them all: the first test that asks plays the faults, each test then looks at its own. */
const stories = new Map<string, HaltStory | Error>();
const playAll = async (): Promise<void> => {
  const stack = await startStack({
    env: {
      SUBMIT_CONCURRENCY: String(SUBMITS_AT_ONCE),
      LINE_PROBE_MS_MIN: String(PROBE_MS_MIN),
      LINE_PROBE_MS_MAX: '400',
    },
  });
  const worker = await stack.startWorker();
  for (const [i, fault] of FAULTS.entries()) {
    try {
      stories.set(nameOf(fault), await play(stack, worker, fault, `fault-${i}` as BatchName));
    } catch (error) {
      stories.set(nameOf(fault), error as Error);
      stack.sandbox.faults.clear();
      stack.sandbox.change({ account: 'ok' });
      await stack.batches.resumeLine();
    }
  }
  expect(await worker.kill('SIGTERM')).toEqual({ code: 0, signal: null });
};

describe('an account fault', { timeout: 480_000 }, () => {
  it.each(FAULTS.map((fault) => [nameOf(fault), fault] as const))(
    '%s halts the line under its code with one alert, kills no row, and ends by a probe once mended',
    async (name, fault) => {
      if (stories.size === 0) await playAll();
      const story = stories.get(name);
      if (story === undefined || story instanceof Error) throw story ?? new Error('not played');
      expect(story.countsWhileHalted).toMatchObject({ dead_lettered: 0, in_doubt: 0 });
      expect(story.deliveredMeanwhile).toBe(fault.queries === true ? 0 : IN_FLIGHT);
      expect(story.submitsWhileHalted).toBeLessThanOrEqual(story.submitsMax);
      expect(story.tasksWhileHalted).toBe(0);
      expect(story.sinceMs).toBeGreaterThanOrEqual(0);
      expect(story.countsAfter).toMatchObject({ delivered: IN_FLIGHT + LATE, dead_lettered: 0, in_doubt: 0 });
      expect(story.billed).toBe(IN_FLIGHT + LATE);
      // A 429 that speaks of money slows nothing.
      expect(story.cuts).toEqual({ submitRate: 0, slots: 0, queryRate: 0 });
      expect(story.alerts).toBe(1);
    },
  );
});

it('an account fault inside a FAILED task halts the line too, and the row is submitted again when it is mended', async () => {
  const stack = await startStack();
  stack.sandbox.faults.add({
    at: 'task',
    code: 'Arrearage',
    message: 'in good standing',
    source: aimedAt('row-0'),
    times: 1,
  });
  const worker = await stack.startWorker();
  const batch = 'in-task' as BatchName;
  await stack.accept(batch, [rowOf(stack, 'row-0', batch)]);
  await stack.batches.seal(batch);
  await worker.waitForLine(/"code":"Arrearage".*line halted/);
  await stack.waitUntilFinished(batch);
  expect((await expectBooksBalance(stack, batch)).counts).toMatchObject({ delivered: 1, dead_lettered: 0 });
  expect([stack.sandbox.ledger.tasks(), stack.sandbox.ledger.billed()]).toEqual([2, 1]);
  await worker.kill('SIGTERM');
});

it('a probe whose answer is lost, or whose worker dies, opens nothing; the next probe does, and line resume at once', {
  timeout: 120_000,
}, async () => {
  // Reconciling settles nothing here: what a doubtful probe does to the line is the question.
  const stack = await startStack({
    env: { LINE_PROBE_MS_MIN: '300', LINE_PROBE_MS_MAX: '60000', DOUBT_SETTLE_MS: '600000' },
  });
  const { faults, holds, ledger } = stack.sandbox;
  const batch = 'probes' as BatchName;
  faults.add({ at: 'submit', status: 400, code: 'Arrearage', message: 'in good standing', times: 1 });
  faults.add({ at: 'submit', kind: 'reset_before', times: 1 });
  faults.add({ at: 'submit', kind: 'hold', times: 1 });
  const first = await stack.startWorker({ env: { SUBMIT_CONCURRENCY: '1' } });
  await stack.accept(
    batch,
    namesOf('row', 4).map((name) => rowOf(stack, name, batch)),
  );
  await stack.batches.seal(batch);
  await first.waitForLine(/line halted/);
  // The first probe leaves and gets no answer: a doubt, and the line stays as it is.
  await stack.waitForBatch(batch, 'the first probe in doubt', ({ counts }) => counts.in_doubt === 1);
  expect(await stack.batches.line()).toMatchObject({ state: 'halted', code: 'Arrearage' });
  // The second dies with its worker.
  await waitFor('the second probe to be held', () => holds.list().length > 0);
  await first.kill('SIGKILL');
  holds.release();
  // It sweeps and submits nothing: no further probe can come in between, however slow the machine.
  const second = await stack.startWorker({ args: ['--stages', 'poll,deliver'] });
  await stack.waitForBatch(batch, 'the second probe in doubt', ({ counts }) => counts.in_doubt === 2);
  expect((await stack.batches.line()).state).toBe('halted');
  expect(ledger.submits()).toBe(3);
  // A person need not wait for the next probe.
  expect(await stack.batches.resumeLine()).toBe(true);
  const third = await stack.startWorker();
  await stack.waitForBatch(batch, 'the others delivered', ({ counts }) => counts.delivered === 2);
  expect((await stack.batches.line()).state).toBe('running');
  expect(ledger.billedTwice()).toEqual([]);
  await Promise.all([second.kill('SIGTERM'), third.kill('SIGTERM')]);
});
