// Told faults strike where, when and as often as told, and the ledger bills only pictures that were made.
import type { FaultRuleInput } from '@outpaint/sandbox/upstream/fault-rule';
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
const url = () => `${sandbox.baseUrl}/services/aigc/image2image/out-painting`;
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
    const signal = AbortSignal.timeout(100);
    const headers = {
      authorization: 'Bearer sk-sandbox',
      'x-dashscope-async': 'enable',
      'content-type': 'application/json',
    };
    const body = JSON.stringify({
      model: 'image-out-painting',
      input: { image_url: source },
      parameters: { x_scale: 2 },
    });
    await expect(fetch(url(), { method: 'POST', headers, body, signal })).rejects.toThrow(/timeout/i);
    expect(sandbox.ledger.tasks()).toBe(created ? 1 : 0);
  });

  test.each([true, false])('html is a page and no JSON (created: %s)', async (created) => {
    sandbox.faults.add({ at: 'submit', kind: 'html', status: 502, created });
    const { status, text, headers } = await client().submit(source);
    expect(status).toBe(502);
    expect(headers.get('content-type')).toContain('text/html');
    expect(text).toContain('<html>');
    expect(sandbox.ledger.tasks()).toBe(created ? 1 : 0);
  });

  test('slow makes the task first and answers later', async () => {
    sandbox.faults.add({ at: 'submit', kind: 'slow', ms: 50 });
    const answer = client().submit(source);
    await until(
      () => sandbox.ledger.tasks(),
      (tasks) => tasks === 1,
    );
    expect((await answer).status).toBe(200);
    expect(sandbox.ledger.tasks()).toBe(1);
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
    const headers = {
      authorization: 'Bearer sk-sandbox',
      'x-dashscope-async': 'enable',
      'content-type': 'application/json',
    };
    const body = JSON.stringify({
      model: 'image-out-painting',
      input: { image_url: source },
      parameters: { x_scale: 2 },
    });
    const call = fetch(url(), { method: 'POST', headers, body, signal: death.signal });
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
    sandbox.faults.add({ at: 'task', kind: 'suspended', ms: 60 });
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

describe('a rule', () => {
  test('names sources by substring or pattern, skips, and counts', async () => {
    const error = { at: 'submit', status: 500, code: 'InternalError.Algo' } as const;
    sandbox.faults.add({ ...error, source: '/sub', times: 1 }, { ...error, sourcePattern: 'p[0-9]+\\.jpg$', skip: 1 });
    const statusOf = async (path: string) => (await client().submit(`https://cdn.example.com${path}`)).status;
    expect([await statusOf('/sub/1.jpg'), await statusOf('/sub/1.jpg')]).toEqual([500, 200]);
    expect([await statusOf('/p7.jpg'), await statusOf('/p8.jpg'), await statusOf('/px.jpg')]).toEqual([200, 500, 200]);
    expect(sandbox.faults.entries().map(({ applied }) => applied)).toEqual([1, 1]);
  });

  test('with a rate strikes the same calls on every run of one seed', async () => {
    const run = async (seed: string) => {
      const one = await startSandbox({ seed, submitRate: 1000, slots: 0 });
      one.faults.add({ at: 'submit', rate: 0.5, status: 500, code: 'InternalError.Algo' });
      const statuses: number[] = [];
      for (let n = 0; n < 40; n++) {
        statuses.push((await openTrialClient(one).submit(`https://cdn.example.com/${n % 20}.jpg`)).status);
      }
      await one.close();
      return statuses;
    };
    const first = await run('a');
    expect(first.filter((status) => status === 500).length).toBeGreaterThan(8);
    expect(first.filter((status) => status === 200).length).toBeGreaterThan(8);
    expect(await run('a')).toEqual(first);
    expect(await run('b')).not.toEqual(first);
  });

  test('that is malformed is refused whole', () => {
    const wrong = [
      { at: 'submit', kind: 'explode' },
      { at: 'nowhere', kind: 'reset' },
      { at: 'submit', kind: 'slow' },
    ];
    for (const rule of wrong) {
      // The test is about what the type forbids.
      expect(() => sandbox.faults.add({ at: 'task', kind: 'never' }, rule as unknown as FaultRuleInput)).toThrow();
    }
    expect(sandbox.faults.entries()).toEqual([]);
  });
});

describe('the ledger', () => {
  test('bills each picture that was made, and says which source was billed twice', async () => {
    const other = 'https://cdn.example.com/b.jpg';
    sandbox.faults.add({ at: 'task', code: 'InternalError.Algo', source: '/b.jpg', times: 1 });
    for (const address of [source, source, other, other]) await client().taskFor(address);
    await settled();
    expect(sandbox.ledger.billedBySource()).toEqual({ [source]: 2, [other]: 1 });
    expect(sandbox.ledger.billedTwice()).toEqual([source]);
    expect(sandbox.ledger.billed()).toBe(3);
  });

  test('knows the refused attempts too, and never a key', async () => {
    await openTrialClient(sandbox, 'sk-wrong').submit(source);
    await client().submit(source, { angle: 400 });
    await client().taskFor(source);
    const rows = await settled();
    expect(rows.map(({ status, code }) => [status, code])).toEqual([
      ['REFUSED', 'InvalidApiKey'],
      ['REFUSED', 'InvalidParameter'],
      ['SUCCEEDED', null],
    ]);
    expect(sandbox.ledger.submits()).toBe(3);
    expect(JSON.stringify(rows)).not.toContain('sk-');
  });
});
