// Many tasks at work are watched by one list of them: few requests, ends seen soon, and plain looks where the list fails.
import { expect, it } from 'vitest';
import { expectBooksBalance, handIn, namesOf } from '../support/row-story.ts';
import { type Stack, startStack } from '../support/stack.ts';
import { BATCH } from '../support/stores.ts';

const ROWS = 120;
/** Gaps as short as those of the API's guide beside its tasks' duration. */
const TERMS = {
  sandbox: { slots: 40, serviceMsMedian: 4_000, serviceSigma: 0.2 },
  env: { UPSTREAM_SLOTS: '40', POLL_DELAY_MS_MIN: '400', POLL_DELAY_MS_MAX: '2000', LIST_WATCH: 'true' },
} as const;

const requestsOf = ({ sandbox: { log } }: Stack) => ({ queries: log.count('get'), lists: log.count('list') });

/** How often each task was looked at by itself. */
const looksPerTask = ({ sandbox: { log } }: Stack): number[] => {
  const looks = new Map<string | null, number>();
  for (const { op, taskId } of log.recent()) if (op === 'get') looks.set(taskId, (looks.get(taskId) ?? 0) + 1);
  return [...looks.values()];
};

/** What both workers said. */
const deliverAll = async (stack: Stack): Promise<string> => {
  const workers = [await stack.startWorker(), await stack.startWorker()];
  await handIn(stack, namesOf('row', ROWS));
  await stack.waitUntilFinished(BATCH, 120_000);
  expect((await expectBooksBalance(stack)).counts).toMatchObject({ delivered: ROWS, in_doubt: 0 });
  expect(stack.sandbox.ledger.submits()).toBe(ROWS);
  for (const worker of workers) expect(await worker.kill('SIGTERM')).toEqual({ code: 0, signal: null });
  return workers.map((worker) => worker.stderr()).join('');
};

it('40 tasks at work, two workers: one of them reads the list, and many are looked at once', {
  timeout: 180_000,
}, async () => {
  const stack = await startStack(TERMS);
  await deliverAll(stack);
  expect(requestsOf(stack).lists).toBeGreaterThan(0);
  // Looked at one by one none has ended at its first look, after a tenth of its duration; the first ones are.
  expect(looksPerTask(stack).filter((looks) => looks === 1).length).toBeGreaterThan(ROWS / 3);
});

it.each([
  ['cannot be read', /"code":"InternalError".*could not be read/, { at: 'list', status: 500, code: 'InternalError' }],
  [
    'shows nothing at work',
    /shows tasks at work as ended/,
    {
      at: 'list',
      kind: 'json',
      status: 200,
      body: { total: 0, total_page: 0, page_no: 1, page_size: 100, request_id: 'none', data: [] },
    },
  ],
] as const)(
  'a list that %s is given up: all is looked at one by one, and delivered',
  {
    timeout: 180_000,
  },
  async (_how, said, fault) => {
    const stack = await startStack(TERMS);
    stack.sandbox.faults.add({ ...fault });
    const lines = (await deliverAll(stack)).split('\n').filter((line) => /"level":[45]0/.test(line));
    expect(lines.join('\n')).toMatch(said);
    const { queries, lists } = requestsOf(stack);
    // It rests for a minute after a failure, and for longer once it was wrong too often.
    expect(lists).toBeLessThan(30);
    expect(queries).toBeGreaterThan(ROWS);
  },
);
