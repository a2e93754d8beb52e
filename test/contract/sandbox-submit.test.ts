// The stand-in judges a submit as strictly as the API's documentation.

import { type Sandbox, startSandbox } from '@outpaint/sandbox/upstream/start-sandbox';
import { openTrialClient } from '@outpaint/sandbox/upstream/trial-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ submitRate: 1000, serviceMsMedian: 1, resultKind: 'tiny' });
});
afterAll(() => sandbox.close());

const source = 'https://cdn.example.com/1.jpg';
const bodyWith = (parameters: unknown) =>
  JSON.stringify({ model: 'image-out-painting', input: { image_url: source }, parameters });

describe('the headers of a submit', () => {
  test('without a key it is a 401 that says none was given', async () => {
    const { status, body } = await openTrialClient(sandbox).post(bodyWith({ x_scale: 2 }), { authorization: null });
    expect(status).toBe(401);
    expect(body).toMatchObject({ code: 'InvalidApiKey', message: 'No API-key provided.' });
    expect(body.request_id).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('with a wrong key it is a 401 that says it is invalid', async () => {
    const { status, body } = await openTrialClient(sandbox, 'sk-other').submit(source);
    expect(status).toBe(401);
    expect(body).toMatchObject({ code: 'InvalidApiKey', message: 'Invalid API-key provided.' });
  });

  test.each([null, 'disable'])('with X-DashScope-Async %s it is a 403 AccessDenied', async (value) => {
    const answer = await openTrialClient(sandbox).post(bodyWith({ x_scale: 2 }), { 'x-dashscope-async': value });
    expect(answer.status).toBe(403);
    expect(answer.body.code).toBe('AccessDenied');
    expect(answer.body.message).toContain('current user api does not support synchronous calls');
  });

  test('without a JSON content type it is refused', async () => {
    const { status } = await openTrialClient(sandbox).post(bodyWith({ x_scale: 2 }), { 'content-type': 'text/plain' });
    expect(status).toBe(400);
  });
});

describe('the body of a submit', () => {
  test.each(['', '{', '[]', '"text"', 'null', '{"model":'])('%j is an input json error', async (text) => {
    const { status, body } = await openTrialClient(sandbox).post(text);
    expect(status).toBe(400);
    expect(body).toMatchObject({ code: 'InvalidParameter.JsonPhrase', message: 'input json error' });
  });

  test('another model is a 404 ModelNotFound', async () => {
    const body = JSON.stringify({ model: 'wanx-v1', input: { image_url: source }, parameters: {} });
    const answer = await openTrialClient(sandbox).post(body);
    expect(answer.status).toBe(404);
    expect(answer.body.code).toBe('ModelNotFound');
  });

  test.each([
    ['model', { input: { image_url: source }, parameters: { x_scale: 2 } }],
    ['input', { model: 'image-out-painting', parameters: { x_scale: 2 } }],
    ['image_url', { model: 'image-out-painting', input: {}, parameters: { x_scale: 2 } }],
    ['parameters', { model: 'image-out-painting', input: { image_url: source } }],
  ])('a missing %s is an InvalidParameter that names it', async (name, sent) => {
    const { status, body } = await openTrialClient(sandbox).post(JSON.stringify(sent));
    expect(status).toBe(400);
    expect(body.code).toBe('InvalidParameter');
    expect(body.message).toContain('the parameters must conform to the specification');
    expect(body.message).toContain(name);
  });

  test.each(['ftp://a.example/1.jpg', 'data:image/jpeg;base64,AAAA', 's3://bucket/1.jpg', 'https://', '/1.jpg'])(
    'the address %s is an InvalidURL',
    async (address) => {
      const { status, body } = await openTrialClient(sandbox).submit(address);
      expect(status).toBe(400);
      expect(body.code).toBe('InvalidURL');
    },
  );

  test('an address with characters that are not percent-encoded is an InvalidURL', async () => {
    const { body } = await openTrialClient(sandbox).submit('https://cdn.example.com/鞋.jpg');
    expect(body.code).toBe('InvalidURL');
  });
});

describe('the parameters of a submit', () => {
  const offsets = ['top_offset', 'bottom_offset', 'left_offset', 'right_offset'];
  const flags = ['best_quality', 'limit_image_size', 'add_watermark'];
  const refused: [string, unknown][] = [
    ...[-1, 360, 1.5, '90', null, true].map((value): [string, unknown] => ['angle', value]),
    ...['2:1', '16:10', null, 1].map((value): [string, unknown] => ['output_ratio', value]),
    ...['x_scale', 'y_scale'].flatMap((name) =>
      [0.99, 3.01, 0, '2', null].map((value): [string, unknown] => [name, value]),
    ),
    ...offsets.flatMap((name) => [-1, 0.5, '10', null].map((value): [string, unknown] => [name, value])),
    ...flags.flatMap((name) => ['true', 1, 0, null].map((value): [string, unknown] => [name, value])),
    ['custom_id', 'sku-1'],
  ];

  test.each(refused)('%s of %j is refused by name', async (name, value) => {
    const { status, body } = await openTrialClient(sandbox).submit(source, { x_scale: 2, [name]: value });
    expect(status).toBe(400);
    expect(body.code).toBe('InvalidParameter');
    expect(body.message).toContain('the parameters must conform to the specification: ');
    expect(body.message).toContain(name);
  });

  const accepted: [string, unknown][] = [
    ...[0, 359].map((value): [string, unknown] => ['angle', value]),
    ...['', '1:1', '3:4', '4:3', '9:16', '16:9'].map((value): [string, unknown] => ['output_ratio', value]),
    ...[1, 3, 1.25].map((value): [string, unknown] => ['x_scale', value]),
    ...offsets.flatMap((name) => [0, 100].map((value): [string, unknown] => [name, value])),
    ...flags.flatMap((name) => [true, false].map((value): [string, unknown] => [name, value])),
  ];

  test.each(accepted)('%s of %j is accepted', async (name, value) => {
    expect((await openTrialClient(sandbox).submit(source, { y_scale: 2, [name]: value })).status).toBe(200);
  });
});

describe('an accepted submit', () => {
  test('answers with a PENDING task and a request id', async () => {
    const { status, body, headers } = await openTrialClient(sandbox).submit(source);
    expect(status).toBe(200);
    expect(body).toEqual({
      output: { task_status: 'PENDING', task_id: expect.stringMatching(/^[0-9a-f-]{36}$/) },
      request_id: headers.get('x-request-id'),
    });
    expect(headers.get('req-cost-time')).toMatch(/^\d+$/);
    expect(headers.get('date')).not.toBeNull();
  });

  test('gives no Retry-After and no rate headers, not even with a 429', async () => {
    sandbox.change({ submitRate: 0 });
    const { status, headers } = await openTrialClient(sandbox).submit(source);
    sandbox.change({ submitRate: 1000 });
    expect(status).toBe(429);
    expect([...headers.keys()].filter((name) => /retry|rate/.test(name))).toEqual([]);
  });

  test('is a new task each time, as there is no idempotency key', async () => {
    const client = openTrialClient(sandbox);
    expect(await client.taskFor(source)).not.toBe(await client.taskFor(source));
  });

  test('is recorded with the defaults that the API would use', async () => {
    const address = 'https://cdn.example.com/defaults.jpg';
    await openTrialClient(sandbox).submit(address, { output_ratio: '4:3' });
    const [row] = sandbox.ledger.rows(address);
    expect(row?.parameters).toMatchObject({ add_watermark: true, limit_image_size: true, angle: 0, x_scale: 1 });
  });
});

test('an address that is no part of the API is answered with its JSON error', async () => {
  const response = await fetch(`${sandbox.baseUrl}/nothing`);
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ code: 'InvalidParameter' });
});
