// A span of the account's list, read page by page from the stand-in while others keep submitting.
import { type Sandbox, startSandbox } from '@outpaint/sandbox/upstream/start-sandbox';
import { openTrialClient } from '@outpaint/sandbox/upstream/trial-client';
import { listSpan } from '@outpaint/shared/reconcile/list-span';
import { createUpstream, type Upstream } from '@outpaint/shared/upstream/create-upstream';
import { afterEach, beforeEach, expect, test } from 'vitest';

const NOON = Date.UTC(2026, 2, 10, 4);
const PAGE = 10;
let at = NOON;
let sandbox: Sandbox;
let upstream: Upstream;
beforeEach(async () => {
  at = NOON;
  sandbox = await startSandbox({
    ...{ submitRate: 1e6, queryRate: 1e6, slots: 0, taskLifeMs: 1e9, pageSizeMax: PAGE },
    now: () => at,
  });
  upstream = createUpstream(
    { baseUrl: sandbox.baseUrl, apiKey: 'sk-sandbox', requestTimeoutMs: 30_000, submit5xxInDoubt: false },
    { clock: { now: () => at } },
  );
});
afterEach(async () => {
  await upstream.close();
  await sandbox.close();
});

let made = 0;
/** At the stand-in's time, which the test sets. */
const submit = (): Promise<string> => {
  made += 1;
  return openTrialClient(sandbox).taskFor(`https://cdn.example.com/${made}.jpg`);
};
const submitMany = async (count: number): Promise<string[]> => {
  const ids: string[] = [];
  for (let i = 0; i < count; i += 1) {
    ids.push(await submit());
    at += 100;
  }
  return ids;
};

/** As upstream, but something happens after each page. */
const afterEachPage = (happens: (pageNo: number) => Promise<unknown>): Pick<Upstream, 'list'> => ({
  list: async (o) => {
    const answer = await upstream.list(o);
    await happens(o.pageNo ?? 1);
    return answer;
  },
});
const never = () => new AbortController().signal;
const idsOf = (tasks: readonly { taskId: string }[]): string[] => tasks.map(({ taskId }) => taskId).sort();

test('over many pages every task of the span is read, and those that are made meanwhile shift none away', async () => {
  const ids = await submitMany(35);
  at += 5_000;
  const newer: string[] = [];
  const busy = afterEachPage(async () => newer.push(await submit()));
  const list = await listSpan(busy, { from: NOON, to: at }, at, never());
  expect(newer.length).toBeGreaterThanOrEqual(4);
  expect(idsOf(list.tasks)).toEqual([...ids].sort());
  expect(list.failed).toBeNull();
  // Whole seconds that were over when the reading began, and the newest two are not among them.
  expect(list.covered).toEqual({ from: NOON, to: at - (at % 1_000) - 1_001 });
});

test('a task that shows late, between two pages, makes the reading begin anew; then all are there', async () => {
  sandbox.change({ listLagMs: 60_000 });
  const hidden = await submitMany(15);
  at += 60_000;
  const shown = await submitMany(12);
  at += 5_000;
  let readings = 0;
  const lagging = afterEachPage(async (pageNo) => {
    if (pageNo === 1) readings += 1;
    sandbox.change({ listLagMs: 0 });
  });
  const list = await listSpan(lagging, { from: NOON, to: at }, at, never());
  expect(readings).toBe(2);
  expect(idsOf(list.tasks)).toEqual([...hidden, ...shown].sort());
  expect(list.covered).not.toBeNull();
});

test('a list that never holds still is complete for nothing, and says so', async () => {
  await submitMany(25);
  const end = at + 5_000;
  at = end;
  const restless = afterEachPage(async () => {
    // Dated into the span that is being read: the account's clocks are not one.
    at = NOON + 500;
    await submit();
    at = end;
  });
  const list = await listSpan(restless, { from: NOON, to: end }, end, never());
  expect(list).toMatchObject({ covered: null, failed: 'list_unstable' });
});

test('a span that is not over for upstream yet is not asked for', async () => {
  await submit();
  const asked = { pages: 0 };
  const counting = afterEachPage(async () => {
    asked.pages += 1;
  });
  const list = await listSpan(counting, { from: at, to: at + 60_000 }, at + 900, never());
  expect([list, asked.pages]).toEqual([{ tasks: [], covered: null, failed: null }, 0]);
});
