// Every fault of a submit, a task or a query does to the client what it says, and no more.
import { type Sandbox, startSandbox } from '@outpaint/sandbox/upstream/start-sandbox';
import { openTrialClient, until } from '@outpaint/sandbox/upstream/trial-client';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await startSandbox({ serviceMsMedian: 1, submitRate: 1000, queryRate: 100_000, resultKind: 'tiny' });
});
afterEach(() => sandbox.close());

const source = 'https://cdn.example.com/a.jpg';
const client = () => openTrialClient(sandbox);
const heldSubmit = (signal: AbortSignal) =>
  fetch(`${sandbox.baseUrl}/services/aigc/image2image/out-painting`, {
    method: 'POST',
    headers: { authorization: 'Bearer sk-sandbox', 'x-dashscope-async': 'enable', 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'image-out-painting', input: { image_url: source }, parameters: { x_scale: 2 } }),
    signal,
  });
const settled = () =>
  until(
    () => sandbox.ledger.rows(),
    (rows) => rows.every(({ status }) => ['SUCCEEDED', 'FAILED', 'CANCELED', 'UNKNOWN', 'REFUSED'].includes(status)),
  );

/** The eight rows of the API's own error table. */
const EIGHT: [number, string, string][] = [
  [400, 'InvalidParameter.JsonPhrase', 'input json error'],
  [400, 'InvalidParameter.FileDownload', 'oss download error'],
  [400, 'InvalidParameter.ImageFormat', 'read image error'],
  [400, 'InvalidParameter.ImageContent', 'The image content does not comply with green network verification'],
  [400, 'InvalidParameter', 'the parameters must conform to the specification: xxx'],
  [400, 'InvalidParameter.DataInspection', 'The image size is not supported for the data inspection.'],
  [500, 'InternalError.Algo', 'algorithm process error'],
  [500, 'InternalError.FileUpload', 'oss upload error'],
];

describe('each error of the table', () => {
  test.each(EIGHT)('%i %s can answer a submit, without a task', async (status, code, message) => {
    sandbox.faults.add({ at: 'submit', status, code, message });
    const answer = await client().submit(source);
    expect(answer.status).toBe(status);
    expect(answer.body).toEqual({ code, message, request_id: expect.any(String) });
    expect(sandbox.ledger.tasks()).toBe(0);
    expect(sandbox.ledger.rows()[0]).toMatchObject({ status: 'REFUSED', code, billed: false, taskId: null });
  });

  test.each(EIGHT)('%i %s can fail a task, which is not billed', async (_status, code, message) => {
    sandbox.faults.add({ at: 'task', code, message });
    const { body } = await client().untilStatus(await client().taskFor(source), 'FAILED');
    expect(body.output).toMatchObject({ code, message });
    expect(sandbox.ledger.rows()[0]).toMatchObject({
      status: 'FAILED',
      code,
      billed: false,
      faultApplied: 'task:error',
    });
    expect(sandbox.ledger.billed()).toBe(0);
  });
});

describe('the faults of a submit', () => {
  test.each([
    [{ kind: 'reset_before' }, 0],
    [{ kind: 'reset_after' }, 1],
  ] as const)('%j ends the connection and leaves %i tasks', async (fault, tasks) => {
    sandbox.faults.add({ at: 'submit', ...fault });
    await expect(client().submit(source)).rejects.toThrow();
    await settled();
    expect(sandbox.ledger.tasks()).toBe(tasks);
    expect(sandbox.ledger.billed()).toBe(tasks);
    expect(sandbox.log.counts().submit).toEqual({ reset: 1 });
  });

  test.each([true, false])('hang never answers (created: %s)', async (created) => {
    sandbox.faults.add({ at: 'submit', kind: 'hang', created });
    const patience = new AbortController();
    const call = heldSubmit(patience.signal);
    await until(
      () => sandbox.log.counts().submit?.hang,
      (hanging) => hanging === 1,
    );
    expect(sandbox.ledger.tasks()).toBe(created ? 1 : 0);
    expect(await Promise.race([call, Promise.resolve('no answer')])).toBe('no answer');
    patience.abort();
    await expect(call).rejects.toThrow();
  });

  test.each([true, false])('html is a page and no JSON (created: %s)', async (created) => {
    sandbox.faults.add({ at: 'submit', kind: 'html', status: 502, created });
    const { status, text, headers } = await client().submit(source);
    expect(status).toBe(502);
    expect(headers.get('content-type')).toContain('text/html');
    expect(text).toContain('<html>');
    expect(sandbox.ledger.tasks()).toBe(created ? 1 : 0);
  });

  test('slow makes the task first, whether or not the client waits for the answer', async () => {
    sandbox.faults.add({ at: 'submit', kind: 'slow', ms: 60_000, times: 1 }, { at: 'submit', kind: 'slow', ms: 20 });
    const patience = new AbortController();
    const call = heldSubmit(patience.signal);
    await until(
      () => sandbox.ledger.tasks(),
      (tasks) => tasks === 1,
    );
    patience.abort();
    await expect(call).rejects.toThrow();
    expect((await client().submit(source)).status).toBe(200);
    expect(sandbox.ledger.tasks()).toBe(2);
  });

  test.each([true, false])(
    'hold waits for its release and answers as if nothing was (created: %s)',
    async (created) => {
      sandbox.faults.add({ at: 'submit', kind: 'hold', created });
      const answer = client().submit(source);
      const [held] = await sandbox.holds.waitForOne();
      expect(held).toMatchObject({ at: 'submit', source, taskId: created ? expect.any(String) : null });
      expect(sandbox.ledger.tasks()).toBe(created ? 1 : 0);
      expect(sandbox.holds.release({ at: 'submit' })).toBe(1);
      expect((await answer).status).toBe(200);
      expect(sandbox.ledger.tasks()).toBe(1);
    },
  );

  test.each([true, false])('a client that dies while held leaves what was there (created: %s)', async (created) => {
    sandbox.faults.add({ at: 'submit', kind: 'hold', created });
    const death = new AbortController();
    const call = heldSubmit(death.signal);
    await sandbox.holds.waitForOne();
    death.abort();
    await expect(call).rejects.toThrow();
    await until(
      () => sandbox.log.counts().submit?.gone,
      (gone) => gone === 1,
    );
    expect(sandbox.holds.list()).toEqual([]);
    expect(sandbox.ledger.tasks()).toBe(created ? 1 : 0);
  });

  test.each([
    [400, 'Arrearage'],
    [401, 'InvalidApiKey'],
    [403, 'AllocationQuota.FreeTierOnly'],
    [429, 'PrepaidBillOverdue'],
  ])('an account in the state %i %s refuses every submit, and queries only if told', async (status, code) => {
    const id = await client().taskFor(source);
    sandbox.change({ account: { status, code, message: 'no' } });
    expect((await client().submit(source)).body).toMatchObject({ code, message: 'no' });
    expect((await client().get(id)).status).toBe(200);
    sandbox.change({ account: { status, code, message: 'no', queries: true } });
    expect((await client().get(id)).status).toBe(status);
    sandbox.change({ account: 'ok' });
    expect((await client().submit(source)).status).toBe(200);
  });
});

describe('the faults of a task', () => {
  test.each([
    ['unknown', 'UNKNOWN'],
    ['canceled', 'CANCELED'],
  ] as const)('%s ends it as %s, not billed', async (kind, status) => {
    sandbox.faults.add({ at: 'task', kind });
    await client().untilStatus(await client().taskFor(source), status);
    expect(sandbox.ledger.billed()).toBe(0);
  });

  test('suspended is SUSPENDED for a while and then goes on', async () => {
    sandbox.faults.add({ at: 'task', kind: 'suspended', ms: 700 });
    const id = await client().taskFor(source);
    await client().untilStatus(id, 'SUSPENDED');
    await client().untilStatus(id, 'SUCCEEDED');
  });

  test('never keeps its slot and ends only at the limit of the service', async () => {
    sandbox.change({ slots: 1, taskTimeoutMs: 80 });
    sandbox.faults.add({ at: 'task', kind: 'never' });
    const { body } = await client().untilStatus(await client().taskFor(source), 'FAILED');
    expect(body.output).toMatchObject({ code: 'InternalError.Timeout' });
  });
});

describe('the faults of a query', () => {
  test('answer once and leave the task alone', async () => {
    const id = await client().taskFor(source);
    await client().untilStatus(id, 'SUCCEEDED');
    sandbox.faults.add(
      { at: 'query', kind: 'unknown', times: 1 },
      { at: 'query', status: 500, code: 'InternalError', message: 'x', times: 1 },
      { at: 'query', kind: 'html', status: 503, times: 1 },
      { at: 'query', kind: 'json', status: 200, body: { surprise: true }, times: 1 },
      { at: 'query', kind: 'reset', times: 1 },
    );
    expect((await client().get(id)).body.output).toEqual({ task_id: id, task_status: 'UNKNOWN' });
    expect((await client().get(id)).body.code).toBe('InternalError');
    expect((await client().get(id)).status).toBe(503);
    expect((await client().get(id)).body).toEqual({ surprise: true });
    await expect(client().get(id)).rejects.toThrow();
    expect((await client().get(id)).body.output?.task_status).toBe('SUCCEEDED');
  });

  test('list and cancel have faults of their own', async () => {
    sandbox.faults.add({ at: 'list', status: 500, code: 'InternalError' }, { at: 'cancel', kind: 'html', status: 504 });
    expect((await client().list()).status).toBe(500);
    expect((await client().cancel('1')).status).toBe(504);
    expect((await client().get('1')).status).toBe(200);
  });
});
