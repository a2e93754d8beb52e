// The stand-in's task list: pages, windows and filters, and nothing that the real list does not tell.

import { type Sandbox, startSandbox } from '@outpaint/sandbox/upstream/start-sandbox';
import { openTrialClient } from '@outpaint/sandbox/upstream/trial-client';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const HOUR = 3_600_000;
/** 2026-03-10 12:00:00 in UTC+8. */
const NOON = Date.UTC(2026, 2, 10, 4);
let at = NOON;
let sandbox: Sandbox;
beforeEach(async () => {
  at = NOON;
  sandbox = await startSandbox({ submitRate: 1000, queryRate: 1000, slots: 0, now: () => at, taskLifeMs: 100 * HOUR });
});
afterEach(() => sandbox.close());

const submitMany = async (count: number) => {
  const ids: string[] = [];
  for (let n = 0; n < count; n++) ids.push(await openTrialClient(sandbox).taskFor(`https://cdn.example.com/${n}.jpg`));
  return ids;
};
const listed = async (query: string) => (await openTrialClient(sandbox).list(query)).body;
const idsOf = ({ data }: Awaited<ReturnType<typeof listed>>) => data?.map(({ task_id }) => task_id);

describe('a page of the list', () => {
  test('holds the documented fields, the request id of the submit, and neither source nor result nor error', async () => {
    const { body } = await openTrialClient(sandbox).submit('https://cdn.example.com/secret.jpg');
    const list = await listed('');
    expect(list).toEqual({
      total: 1,
      total_page: 1,
      page_no: 1,
      page_size: 10,
      request_id: expect.any(String),
      data: [
        {
          api_key_id: sandbox.ledger.rows()[0]?.keyId,
          caller_parent_id: expect.any(String),
          caller_uid: expect.any(String),
          gmt_create: NOON,
          model_name: 'image-out-painting',
          region: 'cn-beijing',
          request_id: body.request_id,
          status: 'PENDING',
          task_id: body.output?.task_id,
          user_api_unique_key: 'apikey:v1:aigc:image2image:out-painting:image-out-painting',
        },
      ],
    });
    expect(JSON.stringify(list)).not.toContain('secret.jpg');
  });

  test('is ten long by default, newest first, and the pages together hold every task once', async () => {
    const ids = await submitMany(23);
    const pages = [await listed('?page_no=1'), await listed('?page_no=2'), await listed('?page_no=3')];
    expect(pages.map((page) => page.data?.length)).toEqual([10, 10, 3]);
    expect(pages[0]).toMatchObject({ total: 23, total_page: 3, page_no: 1, page_size: 10 });
    expect(pages.flatMap((page) => idsOf(page) ?? [])).toEqual([...ids].reverse());
    expect(idsOf(await listed('?page_no=4'))).toEqual([]);
  });

  test('is never longer than the maximum, whatever is asked for', async () => {
    await submitMany(12);
    expect(await listed('?page_size=100')).toMatchObject({ page_size: 10, total_page: 2 });
    sandbox.change({ pageSizeMax: 50 });
    expect((await listed('?page_size=50')).data?.length).toBe(12);
  });

  test('answers with and without the slash at the end', async () => {
    const headers = { authorization: 'Bearer sk-sandbox' };
    expect((await fetch(`${sandbox.baseUrl}/tasks`, { headers })).status).toBe(200);
    expect((await fetch(`${sandbox.baseUrl}/tasks/`, { headers })).status).toBe(200);
  });

  test.each(['?page_no=0', '?page_no=x', '?page_size=0', '?page_size=-1', '?status=DONE'])(
    '%s is refused',
    async (query) => {
      const { status, body } = await openTrialClient(sandbox).list(query);
      expect(status).toBe(400);
      expect(body.code).toBe('InvalidParameter');
    },
  );
});

describe('the window of the list', () => {
  test('is the last 24 hours by default', async () => {
    const [old] = await submitMany(1);
    at += 23 * HOUR;
    const [young] = await submitMany(1);
    expect(idsOf(await listed(''))).toEqual([young, old]);
    at += 2 * HOUR;
    expect(idsOf(await listed(''))).toEqual([young]);
  });

  test('is read as UTC+8, the written seconds included', async () => {
    const [id] = await submitMany(1);
    expect(idsOf(await listed('?start_time=20260310120000&end_time=20260310120000'))).toEqual([id]);
    expect(idsOf(await listed('?start_time=20260310120001&end_time=20260310130000'))).toEqual([]);
    expect(idsOf(await listed('?start_time=20260310040000&end_time=20260310050000'))).toEqual([]);
  });

  test('is refused above 24 hours, backwards, or with a time that does not exist', async () => {
    const client = openTrialClient(sandbox);
    for (const query of [
      '?start_time=20260309115958&end_time=20260310120000',
      '?start_time=20260310120000&end_time=20260310110000',
      '?start_time=20260231000000',
      '?start_time=2026-03-10',
    ]) {
      expect([query, (await client.list(query)).status]).toEqual([query, 400]);
    }
    expect((await client.list('?start_time=20260309120000&end_time=20260310120000')).status).toBe(200);
  });
});

describe('the filters of the list', () => {
  test('by status, task, model and key', async () => {
    const [first, second] = await submitMany(2);
    await openTrialClient(sandbox).cancel(first ?? '');
    const keyId = sandbox.ledger.rows()[0]?.keyId;
    expect(idsOf(await listed('?status=CANCELED'))).toEqual([first]);
    expect(idsOf(await listed(`?task_id=${second}`))).toEqual([second]);
    expect(idsOf(await listed('?model_name=image-out-painting'))).toEqual([second, first]);
    expect(idsOf(await listed('?model_name=wanx-v1'))).toEqual([]);
    expect(idsOf(await listed(`?api_key_id=${keyId}`))).toEqual([second, first]);
    expect(idsOf(await listed('?api_key_id=1'))).toEqual([]);
  });

  test('a new task is missing for as long as the list lags', async () => {
    sandbox.change({ listLagMs: 5000 });
    const [id] = await submitMany(1);
    expect(idsOf(await listed(''))).toEqual([]);
    at += 5000;
    expect(idsOf(await listed(''))).toEqual([id]);
  });
});
