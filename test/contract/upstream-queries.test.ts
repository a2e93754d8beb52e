// The free calls (query, list, cancel) against a server that controls every byte.
import { createConnection } from '@outpaint/shared/upstream/connection';
import { createUpstream } from '@outpaint/shared/upstream/create-upstream';
import { request } from '@outpaint/shared/upstream/request';
import { afterEach, expect, test } from 'vitest';
import { type Answering, deadPort, jsonAnswer, rawAnswer, startRawServer } from '../support/raw-server.ts';

const KEY = 'sk-secret-0123456789abcdef';
const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close();
});

const upstreamAt = (baseUrl: string, o: { requestTimeoutMs?: number; pace?: () => Promise<void> } = {}) => {
  const settings = { baseUrl, apiKey: KEY, requestTimeoutMs: o.requestTimeoutMs ?? 5_000, submit5xxInDoubt: false };
  const upstream = createUpstream(settings, { clock: Date, ...(o.pace === undefined ? {} : { pace: o.pace }) });
  opened.push(upstream);
  return upstream;
};
const serve = async (answer: Answering) => {
  const server = await startRawServer(answer);
  opened.push(server);
  return server;
};
const never = () => new AbortController().signal;
const queryOf = async (bytes: Buffer | string, taskId = 't-1') => {
  const server = await serve((_request, socket) => socket.end(bytes));
  return upstreamAt(`${server.url}/api/v1`).query(taskId, { signal: never() });
};

test('a task that succeeded gives its URL, times as epoch milliseconds and the number of images', async () => {
  const answer = await queryOf(
    jsonAnswer(200, {
      request_id: 'r1',
      output: {
        task_id: 't-1',
        task_status: 'SUCCEEDED',
        submit_time: '2025-01-25 18:00:00.100',
        scheduled_time: '2025-01-25 18:00:01',
        end_time: '2025-01-25 18:00:26.500',
        output_image_url: 'http://b.oss-cn-shanghai.aliyuncs.com/r.jpg?Expires=1&Signature=a%2Bb',
      },
      usage: { image_count: 1 },
    }),
  );
  expect(answer).toEqual({
    kind: 'task',
    status: 'SUCCEEDED',
    taskId: 't-1',
    requestId: 'r1',
    resultUrl: 'http://b.oss-cn-shanghai.aliyuncs.com/r.jpg?Expires=1&Signature=a%2Bb',
    code: null,
    message: null,
    submittedAt: Date.parse('2025-01-25T10:00:00.100Z'),
    scheduledAt: Date.parse('2025-01-25T10:00:01Z'),
    endedAt: Date.parse('2025-01-25T10:00:26.500Z'),
    imageCount: 1,
  });
});

test('a FAILED task is an answer with its code, although the HTTP status is 200', async () => {
  const output = {
    task_id: 't-1',
    task_status: 'FAILED',
    code: 'InvalidParameter.FileDownload',
    message: 'download error',
  };
  expect(await queryOf(jsonAnswer(200, { request_id: 'r', output }))).toMatchObject({
    kind: 'task',
    status: 'FAILED',
    code: 'InvalidParameter.FileDownload',
    message: 'download error',
  });
});

test('UNKNOWN is a status, not a failure', async () => {
  const output = { task_id: 't-1', task_status: 'UNKNOWN' };
  expect(await queryOf(jsonAnswer(200, { output }))).toMatchObject({ kind: 'task', status: 'UNKNOWN' });
});

test('a status that nobody has heard of counts as not ended', async () => {
  const output = { task_id: 't-1', task_status: 'REBALANCING' };
  expect(await queryOf(jsonAnswer(200, { output }))).toMatchObject({ kind: 'task', status: 'SUSPENDED' });
});

test('fields of another type are left out, they do not fail the query', async () => {
  const output = {
    task_id: 't-1',
    task_status: 'SUCCEEDED',
    submit_time: 17,
    end_time: 'soon',
    output_image_url: null,
  };
  expect(await queryOf(jsonAnswer(200, { output, usage: 'one' }))).toMatchObject({
    kind: 'task',
    resultUrl: null,
    submittedAt: null,
    endedAt: null,
    imageCount: null,
  });
});

test('an answer about another task is a failure of the query', async () => {
  const output = { task_id: 't-2', task_status: 'SUCCEEDED', output_image_url: 'https://h/other.jpg' };
  expect(await queryOf(jsonAnswer(200, { output }))).toMatchObject({
    kind: 'failed',
    failure: { code: 'upstream_bad_answer' },
  });
});

test('a query sends the key and the id, and asks the pace first', async () => {
  const server = await serve((_request, socket) => {
    socket.write(jsonAnswer(200, { output: { task_id: 't-1', task_status: 'RUNNING' } }));
  });
  const order: string[] = [];
  const upstream = upstreamAt(`${server.url}/api/v1`, {
    pace: async () => {
      order.push(`paced before request ${server.requests.length + 1}`);
    },
  });
  await upstream.query('t-1', { signal: never() });
  await upstream.cancel('t-1', { signal: never() });
  await upstream.list({ signal: never() });
  expect(order).toEqual([1, 2, 3].map((n) => `paced before request ${n}`));
  expect(server.requests[0]).toMatchObject({ method: 'GET', target: '/api/v1/tasks/t-1' });
  expect(server.requests[0]?.headers.authorization).toBe(`Bearer ${KEY}`);
});

test('queries share kept-alive connections', async () => {
  const server = await serve((_request, socket) => {
    socket.write(jsonAnswer(200, { output: { task_id: 't-1', task_status: 'RUNNING' } }));
  });
  const upstream = upstreamAt(server.url);
  for (let i = 0; i < 6; i += 1) await upstream.query('t-1', { signal: never() });
  expect(server.requests).toHaveLength(6);
  expect(server.connections()).toBeLessThanOrEqual(2); // the next query may come before a socket counts as free again
});

test('what the pace throws is passed on, and nothing is asked', async () => {
  const server = await serve(() => {});
  const broken = new Error('no pace');
  const upstream = upstreamAt(server.url, { pace: () => Promise.reject(broken) });
  await expect(upstream.query('t-1', { signal: never() })).rejects.toBe(broken);
  expect(server.connections()).toBe(0);
});

test.each(['', '.', '..', 'a/b', 'a?b', 'a b', 'é', 'a'.repeat(257)])(
  'the id %j never reaches a URL',
  async (taskId) => {
    const server = await serve(() => {});
    const upstream = upstreamAt(server.url);
    await expect(upstream.query(taskId, { signal: never() })).rejects.toMatchObject({ code: 'task_id_invalid' });
    await expect(upstream.cancel(taskId, { signal: never() })).rejects.toMatchObject({ code: 'task_id_invalid' });
    expect(server.connections()).toBe(0);
  },
);

test('failures of a query say what happened and are never a task', async () => {
  const failed = (code: string) => ({ kind: 'failed', failure: { code } });
  expect(await queryOf(jsonAnswer(429, { code: 'Throttling', message: 'm' }))).toMatchObject({
    kind: 'failed',
    failure: { code: 'Throttling', class: 'throttled', httpStatus: 429 },
  });
  expect(await queryOf(rawAnswer(502, {}, '<html>'))).toMatchObject(failed('upstream_not_json'));
  expect(await queryOf(rawAnswer(200, {}, 'ok'))).toMatchObject(failed('upstream_bad_answer'));
  expect(await queryOf(jsonAnswer(200, { output: {} }))).toMatchObject(failed('upstream_bad_answer'));
  expect(await queryOf(jsonAnswer(200, { code: 'InternalError', message: 'm' }))).toMatchObject(
    failed('InternalError'),
  );
  expect(await queryOf('')).toMatchObject(failed('upstream_reset'));
  const unreachable = await upstreamAt(`http://127.0.0.1:${await deadPort()}`).query('t-1', { signal: never() });
  expect(unreachable).toMatchObject(failed('upstream_unreachable'));
});

test('a query that is never answered ends at its deadline and frees its socket', async () => {
  const server = await serve(() => {});
  const answer = await upstreamAt(server.url, { requestTimeoutMs: 100 }).query('t-1', { signal: never() });
  expect(answer).toMatchObject({ kind: 'failed', failure: { code: 'upstream_timeout' } });
  await server.quiet();
});

test('a request given up while connecting is never sent, also when its connection comes to stand', async () => {
  const server = await serve((_request, socket) => socket.write(jsonAnswer(200, {})));
  const connection = createConnection(server.url, 5_000);
  opened.push(connection);
  const ask = (path: string, signal: AbortSignal) => {
    const wire = { dispatcher: connection.queries, origin: connection.origin, method: 'GET', headers: {} } as const;
    return request({ ...wire, path, signal, deadlineMs: 5_000 });
  };
  const stop = new AbortController();
  const first = ask('/given-up', stop.signal);
  stop.abort();
  expect(await first).toMatchObject({ kind: 'unsent', break: { reason: 'aborted' } });
  expect(await ask('/next', never())).toMatchObject({ kind: 'answered' });
  await connection.close();
  expect(server.requests.map(({ target }) => target)).toEqual(['/next']);
});

test('a list page gives ids, statuses and the request ids of the submits', async () => {
  const row = {
    api_key_id: 'k1',
    gmt_create: 1745000000000,
    start_time: 1745000000500,
    model_name: 'image-out-painting',
    request_id: 'of-the-submit',
    status: 'RUNNING',
    task_id: 't-1',
    user_api_unique_key: 'apikey:v1:x',
  };
  const server = await serve((_request, socket) => {
    socket.end(jsonAnswer(200, { total: 11, total_page: 2, page_no: 1, page_size: 10, request_id: 'r', data: [row] }));
  });
  const startTime = Date.parse('2025-01-25T16:00:00Z');
  const answer = await upstreamAt(`${server.url}/api/v1`).list({
    signal: never(),
    startTime,
    endTime: startTime + 60_000,
    pageNo: 1,
    pageSize: 100,
  });
  expect(answer).toEqual({
    kind: 'page',
    total: 11,
    totalPages: 2,
    pageNo: 1,
    requestId: 'r',
    tasks: [
      {
        taskId: 't-1',
        status: 'RUNNING',
        requestId: 'of-the-submit',
        createdAt: 1745000000000,
        startedAt: 1745000000500,
        endedAt: null,
        modelName: 'image-out-painting',
        apiKeyId: 'k1',
      },
    ],
  });
  expect(server.requests[0]?.target).toBe(
    '/api/v1/tasks/?start_time=20250126000000&end_time=20250126000100&model_name=image-out-painting&page_no=1&page_size=100',
  );
});

test('a page with one unreadable row fails whole, for a task left out would look like one that does not exist', async () => {
  const page = {
    total: 2,
    total_page: 1,
    page_no: 1,
    data: [{ task_id: 't-1', status: 'RUNNING' }, { status: 'RUNNING' }],
  };
  for (const body of [page, { ...page, data: undefined }, { ...page, total: undefined, data: [] }]) {
    const server = await serve((_request, socket) => socket.end(jsonAnswer(200, body)));
    const answer = await upstreamAt(server.url).list({ signal: never() });
    expect(answer).toMatchObject({ kind: 'failed', failure: { code: 'upstream_bad_answer' } });
  }
});

test('a cancel says whether the task was still pending', async () => {
  const cancelOf = async (bytes: Buffer) => {
    const server = await serve((_request, socket) => socket.end(bytes));
    const answer = await upstreamAt(`${server.url}/api/v1`).cancel('t-1', { signal: never() });
    expect(server.requests[0]).toMatchObject({ method: 'POST', target: '/api/v1/tasks/t-1/cancel', body: '' });
    return answer;
  };
  expect(await cancelOf(jsonAnswer(200, { request_id: 'r' }))).toEqual({ kind: 'cancelled', requestId: 'r' });
  const late = { code: 'UnsupportedOperation', message: 'Failed to cancel the task', request_id: 'r' };
  expect(await cancelOf(jsonAnswer(400, late))).toEqual({ kind: 'not_pending', requestId: 'r' });
  expect(await cancelOf(rawAnswer(200, {}, '<html>'))).toMatchObject({ kind: 'failed' });
  expect(await cancelOf(jsonAnswer(500, { code: 'InternalError', message: 'm' }))).toMatchObject({ kind: 'failed' });
});
