// A submit whose answer shows that no task was made is sent again: later, and billed once in the end.
import { expect, it } from 'vitest';
import { deadPort } from '../support/raw-server.ts';
import { startRecordingProxy } from '../support/recording-proxy.ts';
import { aimedAt, expectBooksBalance, handIn, namesOf, storiesOf, storyOf, toldOnce } from '../support/row-story.ts';
import { startStack } from '../support/stack.ts';
import { BATCH } from '../support/stores.ts';
import { waitFor } from '../support/wait-for.ts';

const THROTTLED = namesOf('throttled', 4);
const REFUSALS_EACH = 5;

const story = toldOnce(async () => {
  const stack = await startStack();
  stack.sandbox.faults.add(
    { at: 'submit', status: 500, code: 'InternalError.Algo', times: 2, source: aimedAt('algo-twice') },
    { at: 'submit', status: 503, code: 'ServiceUnavailable', times: 1, source: aimedAt('unavailable-once') },
    // Just under the timeout of 1500 ms.
    { at: 'submit', kind: 'slow', ms: 1_000, source: aimedAt('late') },
    { at: 'submit', status: 400, code: 'SomethingNew', message: 'not in any table', source: aimedAt('unknown-400') },
    { at: 'submit', kind: 'html', status: 413, source: aimedAt('page-413') },
    ...THROTTLED.map((name) => ({
      at: 'submit' as const,
      status: 429,
      code: 'Throttling.RateQuota',
      times: REFUSALS_EACH,
      source: aimedAt(name),
    })),
    // A gateway that throttles without the API's own words is a throttle all the same.
    { at: 'submit', kind: 'html', status: 429, times: REFUSALS_EACH, source: aimedAt('page-429') },
  );
  const names = ['algo-twice', 'unavailable-once', 'late', 'unknown-400', 'page-413', 'page-429', ...THROTTLED];
  const worker = await stack.startWorker();
  await handIn(stack, names);
  await stack.waitUntilFinished(BATCH);
  const batch = await expectBooksBalance(stack);
  expect(batch.counts).toMatchObject({ in_doubt: 0, dead_lettered: 2, delivered: names.length - 2 });
  await worker.kill('SIGTERM');
  return storiesOf(stack, names);
});

it.each([
  ['algo-twice', 'a 500 with the code InternalError.Algo', 3, 2],
  ['unavailable-once', 'a 503 with the code ServiceUnavailable', 2, 1],
] as const)('%s: %s is tried again, an attempt spent each time', async (name, _what, submits, attempts) => {
  expect(await story(name)).toMatchObject({ submits, tasks: 1, billed: 1, record: { status: 'delivered', attempts } });
});

it.each([...THROTTLED, 'page-429'])('%s: more 429 than attempts allowed spend none of them', async (name) => {
  const row = await story(name);
  expect(row).toMatchObject({ submits: REFUSALS_EACH + 1, tasks: 1, billed: 1 });
  expect(row.record).toMatchObject({ status: 'delivered', attempts: 0 });
  expect(row.events.filter((event) => event === 'throttled')).toHaveLength(REFUSALS_EACH);
});

it('an answer just before the timeout is an answer', async () => {
  expect(await story('late')).toMatchObject({
    submits: 1,
    tasks: 1,
    billed: 1,
    record: { status: 'delivered', errors: [] },
  });
});

it('a 400 with a code that is in no table is dead-lettered under that code, after one submit', async () => {
  const row = await story('unknown-400');
  expect(row).toMatchObject({ submits: 1, tasks: 0, record: { status: 'dead_lettered' } });
  expect(row.letter).toMatchObject({ code: 'SomethingNew', class: 'permanent', message: 'not in any table' });
});

it('a page with 413 instead of JSON made no task either', async () => {
  const row = await story('page-413');
  // Whether a 4xx of somebody on the way passes by trying again is not known, so the attempts bound it.
  expect(row).toMatchObject({ submits: 3, tasks: 0, billed: 0, record: { status: 'dead_lettered' } });
});

it('while nobody listens at the API no submit is in doubt, and all is delivered when somebody does', async () => {
  const stack = await startStack({ env: { TRANSIENT_ATTEMPTS_MAX: '100' } });
  const port = await deadPort();
  const worker = await stack.startWorker({ env: { DASHSCOPE_BASE_URL: `http://127.0.0.1:${port}/api/v1` } });
  const names = namesOf('row', 5);
  await handIn(stack, names);
  await waitFor('each row to be refused twice', async () =>
    [...(await storiesOf(stack, names)).values()].every(({ record }) => record.attempts >= 2),
  );
  expect((await stack.batch(BATCH)).counts.in_doubt).toBe(0);
  expect(stack.sandbox.ledger.submits()).toBe(0);
  await startRecordingProxy(stack.sandbox.baseUrl, port);
  await stack.waitUntilFinished(BATCH);
  expect((await expectBooksBalance(stack)).counts).toMatchObject({ delivered: 5, in_doubt: 0, dead_lettered: 0 });
  for (const name of names) {
    const row = await storyOf(stack, name);
    expect(row).toMatchObject({ submits: 1, billed: 1 });
    expect(new Set(row.record.errors.map(({ code }) => code))).toEqual(new Set(['upstream_unreachable']));
  }
  await worker.kill('SIGTERM');
});
