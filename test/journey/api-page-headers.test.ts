// The two required headers of the API page: always sent, and what happens where one of them is not good.
import { expect, it } from 'vitest';
import { startRecordingProxy } from '../support/recording-proxy.ts';
import { expectBooksBalance, handIn, namesOf } from '../support/row-story.ts';
import { type Stack, startStack } from '../support/stack.ts';
import { BATCH } from '../support/stores.ts';
import { waitFor } from '../support/wait-for.ts';

const ROWS = 6;
/** Submits that one worker has under way when the first refusal comes, and the probes of a few seconds. */
const SUBMITS_WHILE_HALTED_MAX = 4 + 10;

const waitForHalt = (stack: Stack, code: string) =>
  waitFor(`the line to halt for ${code}`, async () => {
    const line = await stack.batches.line();
    return line.state === 'halted' && line.code === code && line;
  });

it('Authorization: Bearer <key> and X-DashScope-Async: enable stand in every create call, Authorization in every query', async () => {
  const stack = await startStack();
  const proxy = await startRecordingProxy(stack.sandbox.baseUrl);
  const worker = await stack.startWorker({ env: { DASHSCOPE_BASE_URL: proxy.baseUrl } });
  await handIn(stack, namesOf('row', ROWS));
  await stack.waitUntilFinished(BATCH);
  const creates = proxy.requests.filter(({ method }) => method === 'POST');
  const queries = proxy.requests.filter(({ method }) => method === 'GET');
  expect(creates).toHaveLength(ROWS);
  expect(queries.length).toBeGreaterThanOrEqual(ROWS);
  for (const { headers } of creates) {
    expect(headers).toMatchObject({
      authorization: 'Bearer sk-sandbox',
      'x-dashscope-async': 'enable',
      'content-type': 'application/json',
    });
  }
  for (const { headers } of queries) {
    expect(headers.authorization).toBe('Bearer sk-sandbox');
    expect(headers).not.toHaveProperty('x-dashscope-async');
  }
  expect((await expectBooksBalance(stack)).counts.delivered).toBe(ROWS);
  await worker.kill('SIGTERM');
});

it('X-DashScope-Async lost on the way: 403 AccessDenied halts the line, no row dies, and it goes on by itself', async () => {
  const stack = await startStack();
  const proxy = await startRecordingProxy(stack.sandbox.baseUrl);
  proxy.leaveOut('x-dashscope-async');
  const worker = await stack.startWorker({ env: { DASHSCOPE_BASE_URL: proxy.baseUrl } });
  await handIn(stack, namesOf('row', ROWS));
  const line = await waitForHalt(stack, 'AccessDenied');
  expect(line.message).toContain('current user api does not support synchronous calls');
  expect(stack.sandbox.ledger.tasks()).toBe(0);
  expect((await stack.batch(BATCH)).counts.dead_lettered).toBe(0);
  proxy.leaveOut(null);
  await stack.waitUntilFinished(BATCH);
  expect((await expectBooksBalance(stack)).counts).toMatchObject({ delivered: ROWS, dead_lettered: 0, in_doubt: 0 });
  expect(stack.sandbox.ledger.billed()).toBe(ROWS);
  await worker.kill('SIGTERM');
});

it('a wrong key: 401 InvalidApiKey halts the line, no row dies, and a worker with the right key finishes the batch', async () => {
  const stack = await startStack();
  const wrong = await stack.startWorker({ env: { DASHSCOPE_API_KEY: 'sk-of-somebody-else' } });
  await handIn(stack, namesOf('row', ROWS));
  const line = await waitForHalt(stack, 'InvalidApiKey');
  expect(line.message).toBe('Invalid API-key provided.');
  expect(await wrong.kill('SIGTERM')).toEqual({ code: 0, signal: null });
  expect(wrong.stderr()).not.toContain('sk-of-somebody-else');
  expect((await stack.batch(BATCH)).counts).toMatchObject({ accepted: ROWS, dead_lettered: 0, in_doubt: 0 });
  expect(stack.sandbox.ledger.submits()).toBeLessThanOrEqual(SUBMITS_WHILE_HALTED_MAX);

  const right = await stack.startWorker();
  await stack.waitUntilFinished(BATCH);
  expect((await expectBooksBalance(stack)).counts).toMatchObject({ delivered: ROWS, dead_lettered: 0 });
  expect(stack.sandbox.ledger.billed()).toBe(ROWS);
  await right.kill('SIGTERM');
});
