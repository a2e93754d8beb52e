// The account is at fault, in each of its forms: the line halts, no row dies for it, what is paid goes on, and it reopens itself.
import type { BatchName } from '@outpaint/shared/contract/ids';
import { expect, it } from 'vitest';
import { aimedAt, expectBooksBalance, namesOf, rowOf } from '../support/row-story.ts';
import { type Stack, startStack } from '../support/stack.ts';
import { waitFor } from '../support/wait-for.ts';

const IN_FLIGHT = 3;
const LATE = 10;
const SUBMITS_AT_ONCE = 4;
const PROBE_MS_MIN = 150;

interface Fault {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly queries?: boolean;
}

const FAULTS: readonly Fault[] = [
  { status: 401, code: 'InvalidApiKey', message: 'Invalid API-key provided.' },
  { status: 400, code: 'Arrearage', message: 'Access denied, please make sure your account is in good standing.' },
  { status: 403, code: 'AccessDenied.Unpurchased', message: 'Access to model denied.' },
  { status: 403, code: 'AllocationQuota.FreeTierOnly', message: 'The free tier of the model has been exhausted.' },
  { status: 404, code: 'ModelNotFound', message: 'Model can not be found.' },
  { status: 429, code: 'PrepaidBillOverdue', message: 'The prepaid bill is overdue.' },
  { status: 429, code: 'Throttling.AllocationQuota', message: 'Free allocated quota exceeded.' },
  // No code that anybody documented: the status alone says that we are not welcome.
  { status: 403, code: 'SomethingNew', message: 'you shall not pass' },
  // The key is dead for queries too: what is in flight waits, and nothing of it is given up.
  { status: 401, code: 'invalid_api_key', message: 'Incorrect API key provided.', queries: true },
];

/** One line for the whole account, so the faults come one after the other, each with a batch of its own. */
const play = async (stack: Stack, fault: Fault, batch: BatchName): Promise<void> => {
  const { ledger, faults, log } = stack.sandbox;
  const late = `/${batch}-late-`;
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
  await accept('late', LATE);
  await stack.batches.seal(batch);
  await waitFor(`the line to halt for ${fault.code}`, async () => {
    const line = await stack.batches.line();
    return line.state === 'halted' && line.code === fault.code && line.message === fault.message;
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
  expect((await stack.batches.line()).state).toBe('halted');
  expect((await stack.batch(batch)).counts).toMatchObject({ dead_lettered: 0, in_doubt: 0 });
  // What had its licence when the first refusal came, and one probe per gap, of which the first is the shortest.
  const probesMax = 1 + Math.ceil((performance.now() - brokenAt) / PROBE_MS_MIN);
  expect(ledger.submits(late)).toBeLessThanOrEqual(SUBMITS_AT_ONCE + probesMax);
  expect(ledger.tasks(late)).toBe(0);

  stack.sandbox.change({ account: 'ok' });
  await stack.waitUntilFinished(batch);
  const { counts } = await expectBooksBalance(stack, batch);
  expect(counts).toMatchObject({ delivered: IN_FLIGHT + LATE, dead_lettered: 0, in_doubt: 0 });
  expect(ledger.billed(`/${batch}-`)).toBe(IN_FLIGHT + LATE);
  expect(await stack.batches.line()).toMatchObject({ state: 'running', code: null, slotsInUse: 0 });
};

it('every form of an account fault halts the line under its code, kills no row, and ends by a probe once mended', async () => {
  const stack = await startStack({
    env: {
      SUBMIT_CONCURRENCY: String(SUBMITS_AT_ONCE),
      LINE_PROBE_MS_MIN: String(PROBE_MS_MIN),
      LINE_PROBE_MS_MAX: '400',
    },
  });
  const worker = await stack.startWorker();
  for (const [i, fault] of FAULTS.entries()) await play(stack, fault, `fault-${i}` as BatchName);
  // One alert per halt, not one per refusal.
  for (const { code } of FAULTS) {
    const alerts = worker
      .stderr()
      .split('\n')
      .filter((line) => line.includes('line halted') && line.includes(`"code":"${code}"`));
    expect(alerts).toHaveLength(1);
  }
  expect(await worker.kill('SIGTERM')).toEqual({ code: 0, signal: null });
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
