// Tasks of the stand-in wait in order, are at work for a while, end once, and are seen by their account only.

import { type Sandbox, startSandbox } from '@outpaint/sandbox/upstream/start-sandbox';
import { openTrialClient, until } from '@outpaint/sandbox/upstream/trial-client';
import { afterEach, describe, expect, test } from 'vitest';

let sandbox: Sandbox;
afterEach(() => sandbox.close());

const start = async (options: Parameters<typeof startSandbox>[0] = {}) => {
  sandbox = await startSandbox({
    submitRate: 1000,
    queryRate: 100_000,
    serviceMsMedian: 5,
    serviceSigma: 0,
    resultKind: 'tiny',
    ...options,
  });
  return openTrialClient(sandbox);
};
const source = (name: string) => `https://cdn.example.com/${name}.jpg`;

describe('the life of a task', () => {
  test('no more tasks are RUNNING than there are slots, and they start in the order of arrival', async () => {
    const client = await start({ slots: 0 });
    for (let n = 0; n < 12; n++) await client.taskFor(source(`fifo-${n}`));
    // All wait before the first may start, so that another order would show.
    sandbox.change({ slots: 2 });
    await until(
      () => sandbox.ledger.rows(),
      (rows) => rows.every(({ status }) => status === 'SUCCEEDED'),
    );
    const scheduled = sandbox.ledger.rows().map((row) => row.scheduledAt ?? 0);
    expect(scheduled).toEqual([...scheduled].sort((a, b) => a - b));
    expect(sandbox.ledger.runningPeak).toBe(2);
  });

  test('with no slot a task stays PENDING, and starts when slots are given', async () => {
    const client = await start({ slots: 0 });
    const id = await client.taskFor(source('waiting'));
    const { body } = await client.get(id);
    expect(body.output?.task_status).toBe('PENDING');
    expect(body.output).not.toHaveProperty('scheduled_time');
    sandbox.change({ slots: 1 });
    await client.untilStatus(id, 'SUCCEEDED');
  });

  test('a RUNNING task has metrics that say SUCCEEDED 1, as in the documentation', async () => {
    const client = await start();
    sandbox.faults.add({ at: 'task', kind: 'never' });
    const { body } = await client.untilStatus(await client.taskFor(source('running')), 'RUNNING');
    expect(body.output?.task_metrics).toEqual({ TOTAL: 1, SUCCEEDED: 1, FAILED: 0 });
    expect(body.output).not.toHaveProperty('output_image_url');
  });

  test('a task that succeeded has its picture, its usage and its times in UTC+8', async () => {
    const at = Date.UTC(2026, 0, 31, 18, 30, 15, 42);
    const client = await start({ now: () => at });
    const { body, status } = await client.untilStatus(await client.taskFor(source('done')), 'SUCCEEDED');
    expect(status).toBe(200);
    expect(body).toEqual({
      request_id: expect.any(String),
      output: {
        task_id: expect.any(String),
        task_status: 'SUCCEEDED',
        submit_time: '2026-02-01 02:30:15.042',
        scheduled_time: '2026-02-01 02:30:15.042',
        end_time: '2026-02-01 02:30:15.042',
        output_image_url: expect.stringContaining('/service_dashscope/ImageOutPainting/2026-01-31/public/'),
      },
      usage: { image_count: 1 },
    });
  });

  test('a FAILED task is an HTTP 200 with its code inside', async () => {
    const client = await start();
    sandbox.faults.add({ at: 'task', code: 'InternalError.Algo', message: 'algorithm process error' });
    const { status, body } = await client.untilStatus(await client.taskFor(source('failed')), 'FAILED');
    expect(status).toBe(200);
    expect(body.output).toMatchObject({ code: 'InternalError.Algo', message: 'algorithm process error' });
    expect(body).not.toHaveProperty('code');
    expect(body).not.toHaveProperty('usage');
  });

  test('a task that nobody knows is an HTTP 200 UNKNOWN with nothing else', async () => {
    const client = await start();
    const { status, body } = await client.get('1111');
    expect(status).toBe(200);
    expect(body).toEqual({ request_id: expect.any(String), output: { task_id: '1111', task_status: 'UNKNOWN' } });
  });

  test('a task older than a task lives is UNKNOWN and no longer listed', async () => {
    const client = await start();
    const id = await client.taskFor(source('old'));
    await client.untilStatus(id, 'SUCCEEDED');
    sandbox.change({ clockAheadMs: 86_400_001 });
    expect((await client.get(id)).body.output?.task_status).toBe('UNKNOWN');
    expect((await client.list()).body.total).toBe(0);
  });

  test('every key of the account sees a task, and no other account does', async () => {
    const client = await start({ apiKeys: ['sk-a', 'sk-b', 'sk-c@else'] });
    void client;
    const id = await openTrialClient(sandbox, 'sk-a').taskFor(source('shared'));
    const colleague = openTrialClient(sandbox, 'sk-b');
    const stranger = openTrialClient(sandbox, 'sk-c');
    expect((await colleague.get(id)).body.output?.task_status).not.toBe('UNKNOWN');
    expect((await colleague.list()).body.total).toBe(1);
    expect((await stranger.get(id)).body.output?.task_status).toBe('UNKNOWN');
    expect((await stranger.list()).body.total).toBe(0);
    expect((await stranger.cancel(id)).status).toBe(400);
  });
});

describe('cancelling', () => {
  test('a PENDING task is cancelled, takes no slot and is never billed', async () => {
    const client = await start({ slots: 0 });
    const id = await client.taskFor(source('cancelled'));
    const { status, body } = await client.cancel(id);
    expect(status).toBe(200);
    expect(body).toEqual({ request_id: expect.any(String) });
    sandbox.change({ slots: 1 });
    await client.untilStatus(await client.taskFor(source('next')), 'SUCCEEDED');
    expect((await client.get(id)).body.output?.task_status).toBe('CANCELED');
    expect(sandbox.ledger.billed('cancelled')).toBe(0);
  });

  test.each(['RUNNING', 'SUCCEEDED'])('a %s task cannot be cancelled', async (wanted) => {
    const client = await start();
    if (wanted === 'RUNNING') sandbox.faults.add({ at: 'task', kind: 'never' });
    const id = await client.taskFor(source('late'));
    await client.untilStatus(id, wanted);
    const { status, body } = await client.cancel(id);
    expect(status).toBe(400);
    expect(body).toMatchObject({
      code: 'UnsupportedOperation',
      message: 'Failed to cancel the task, please confirm if the task is in PENDING status.',
    });
    expect((await client.get(id)).body.output?.task_status).toBe(wanted);
  });
});

describe('the quotas', () => {
  test('never more submits are admitted in any one second than the rate', async () => {
    let at = 1_000_000;
    const client = await start({ submitRate: 2, now: () => at });
    const at0 = [await client.submit(source('q')), await client.submit(source('q')), await client.submit(source('q'))];
    expect(at0.map(({ status }) => status)).toEqual([200, 200, 429]);
    expect(at0[2]?.body).toMatchObject({
      code: 'Throttling.RateQuota',
      message: 'Requests rate limit exceeded, please try again later.',
    });
    at += 999;
    expect((await client.submit(source('q'))).status).toBe(429);
    at += 1;
    expect((await client.submit(source('q'))).status).toBe(200);
    expect(sandbox.ledger.tasks()).toBe(3);
    expect(sandbox.log.counts().submit).toEqual({ 200: 3, 429: 2 });
    expect(sandbox.log.peaks.submit).toBe(4);
  });

  test('get, list and cancel share one quota, apart from that of submits', async () => {
    const client = await start({ queryRate: 3, now: () => 5_000_000 });
    const id = await client.taskFor(source('q'));
    expect((await client.get(id)).status).toBe(200);
    expect((await client.list()).status).toBe(200);
    expect((await client.cancel(id)).status).not.toBe(429);
    for (const refused of [await client.get(id), await client.list(), await client.cancel(id)]) {
      expect(refused.status).toBe(429);
      expect(refused.body.code).toBe('Throttling.RateQuota');
    }
    expect((await client.submit(source('q'))).status).toBe(200);
  });

  test('each account has quotas of its own, which its keys share', async () => {
    await start({ submitRate: 1, now: () => 5_000_000, apiKeys: ['sk-a', 'sk-b', 'sk-c@else'] });
    const statusOf = async (key: string) => (await openTrialClient(sandbox, key).submit(source('q'))).status;
    expect(await statusOf('sk-a')).toBe(200);
    expect(await statusOf('sk-b')).toBe(429);
    expect(await statusOf('sk-c')).toBe(200);
  });
});
