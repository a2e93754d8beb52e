// The paid call against a server that controls every byte: what surely created nothing, what may have, and once only.
import { gzipSync } from 'node:zlib';
import { createUpstream } from '@outpaint/shared/upstream/create-upstream';
import { afterEach, expect, test } from 'vitest';
import {
  type Answering,
  deadPort,
  jsonAnswer,
  type RawServer,
  rawAnswer,
  startRawServer,
} from '../support/raw-server.ts';

const KEY = 'sk-secret-0123456789abcdef';
const INPUT = { imageUrl: 'https://cdn.example.com/1.jpg', parameters: { x_scale: 1.5 } };
const ACCEPTED = { output: { task_status: 'PENDING', task_id: 'a1b2-c3' }, request_id: 'req-1' };

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close();
});

const upstreamAt = (baseUrl: string, o: { requestTimeoutMs?: number; submit5xxInDoubt?: boolean } = {}) => {
  const { requestTimeoutMs = 5_000, submit5xxInDoubt = false } = o;
  const upstream = createUpstream({ baseUrl, apiKey: KEY, requestTimeoutMs, submit5xxInDoubt }, { clock: Date });
  opened.push(upstream);
  return upstream;
};
const serve = async (answer: Answering, o: Parameters<typeof startRawServer>[1] = {}): Promise<RawServer> => {
  const server = await startRawServer(answer, o);
  opened.push(server);
  return server;
};
const never = () => new AbortController().signal;
/** Submits once to a server that answers with `bytes` and ends the connection. */
const submitTo = async (bytes: Buffer | string, o: Parameters<typeof upstreamAt>[1] = {}) => {
  const server = await serve((_request, socket) => socket.end(bytes));
  const answer = await upstreamAt(`${server.url}/api/v1`, o).submit(INPUT, { signal: never() });
  expect(server.requests).toHaveLength(1);
  return answer;
};

test('an accepted submit gives the task id, the request id and the date of the server', async () => {
  const date = 'Thu, 01 Jan 2026 00:00:00 GMT';
  const answer = await submitTo(jsonAnswer(200, { ...ACCEPTED, brand_new: [1] }, { date }));
  expect(answer).toEqual({ kind: 'accepted', taskId: 'a1b2-c3', requestId: 'req-1', serverDate: Date.parse(date) });
});

test('the request on the wire is the one that the API documents', async () => {
  const server = await serve((_request, socket) => socket.end(jsonAnswer(200, ACCEPTED)));
  await upstreamAt(`${server.url}/api/v1/`).submit({ ...INPUT, resolveOss: true }, { signal: never() });
  const [request] = server.requests;
  expect(request).toMatchObject({ method: 'POST', target: '/api/v1/services/aigc/image2image/out-painting' });
  expect(request?.headers).toMatchObject({
    authorization: `Bearer ${KEY}`,
    'content-type': 'application/json',
    'x-dashscope-async': 'enable',
    'x-dashscope-ossresourceresolve': 'enable',
    connection: 'close',
  });
  expect(JSON.parse(request?.body ?? '')).toEqual({
    model: 'image-out-painting',
    input: { image_url: INPUT.imageUrl },
    parameters: INPUT.parameters,
  });
});

test('every submit has a connection of its own, also when the server would keep one', async () => {
  const server = await serve((_request, socket) =>
    socket.write(jsonAnswer(200, ACCEPTED, { connection: 'keep-alive' })),
  );
  const upstream = upstreamAt(server.url);
  await upstream.submit(INPUT, { signal: never() });
  await upstream.submit(INPUT, { signal: never() });
  expect(server.requests.map(({ connection }) => connection)).toEqual([1, 2]);
  await server.quiet();
});

test('an answer packed with gzip although not asked for is still read', async () => {
  const packed = gzipSync(JSON.stringify(ACCEPTED));
  const answer = await submitTo(rawAnswer(200, { 'content-encoding': 'gzip' }, packed));
  expect(answer).toMatchObject({ kind: 'accepted', taskId: 'a1b2-c3' });
});

test('a request id is taken from the headers of either gateway when the body has none', async () => {
  const bare = { output: { task_id: 't' } };
  expect(await submitTo(jsonAnswer(200, bare, { 'x-request-id': 'new' }))).toMatchObject({ requestId: 'new' });
  expect(await submitTo(jsonAnswer(200, bare, { 'eagleeye-traceid': 'old' }))).toMatchObject({ requestId: 'old' });
  expect(await submitTo(jsonAnswer(200, { ...bare, requestId: 'camel' }))).toMatchObject({ requestId: 'camel' });
});

test('a refused connection surely created nothing', async () => {
  const answer = await upstreamAt(`http://127.0.0.1:${await deadPort()}`).submit(INPUT, { signal: never() });
  expect(answer).toMatchObject({ kind: 'refused', failure: { code: 'upstream_unreachable', httpStatus: null } });
});

test('a name that does not resolve surely created nothing', async () => {
  const answer = await upstreamAt('http://no-such-host.invalid').submit(INPUT, { signal: never() });
  expect(answer).toMatchObject({ kind: 'refused', failure: { code: 'upstream_unreachable' } });
});

test('a failed TLS handshake surely created nothing, and sent no request', async () => {
  const server = await serve(() => {}, { onConnect: (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n') });
  const answer = await upstreamAt(server.url.replace('http', 'https')).submit(INPUT, { signal: never() });
  expect(answer).toMatchObject({ kind: 'refused', failure: { code: 'upstream_unreachable' } });
  expect(server.requests).toHaveLength(0);
});

test('a TLS handshake that never ends is given up within the deadline, and surely created nothing', async () => {
  const server = await serve(() => {});
  const upstream = upstreamAt(server.url.replace('http', 'https'), { requestTimeoutMs: 100 });
  const answer = await upstream.submit(INPUT, { signal: never() });
  expect(answer).toMatchObject({ kind: 'refused', failure: { code: 'upstream_unreachable' } });
  await server.quiet();
});

test('beforeSend runs with the connection standing, and throwing there sends not one byte', async () => {
  const server = await serve(() => {});
  const stopped = new Error('the licence was withdrawn');
  let connectionsSeen = 0;
  const submit = upstreamAt(server.url).submit(INPUT, {
    signal: never(),
    beforeSend: () => {
      connectionsSeen += 1;
      throw stopped;
    },
  });
  await expect(submit).rejects.toBe(stopped);
  expect(connectionsSeen).toBe(1);
  await server.quiet();
  expect(server.connections()).toBe(1);
  expect(server.bytesReceived()).toBe(0);
});

test('beforeSend does not run when the connection is refused', async () => {
  let ran = false;
  const upstream = upstreamAt(`http://127.0.0.1:${await deadPort()}`);
  await upstream.submit(INPUT, {
    signal: never(),
    beforeSend: () => {
      ran = true;
    },
  });
  expect(ran).toBe(false);
});

test('an abort before sending is a refusal, and nothing is sent', async () => {
  const server = await serve(() => {});
  const answer = await upstreamAt(server.url).submit(INPUT, { signal: AbortSignal.abort() });
  expect(answer).toMatchObject({ kind: 'refused', failure: { code: 'upstream_unreachable' } });
  expect(server.bytesReceived()).toBe(0);
});

test('an abort after sending is a doubt', async () => {
  const stop = new AbortController();
  const server = await serve(() => stop.abort());
  const answer = await upstreamAt(server.url).submit(INPUT, { signal: stop.signal });
  expect(answer).toMatchObject({ kind: 'in_doubt', failure: { code: 'upstream_timeout' } });
  await server.quiet();
});

test('a server that never answers is a doubt at the deadline, sent once', async () => {
  const server = await serve(() => {});
  const answer = await upstreamAt(server.url, { requestTimeoutMs: 150 }).submit(INPUT, { signal: never() });
  expect(answer).toMatchObject({ kind: 'in_doubt', failure: { code: 'upstream_timeout', httpStatus: null } });
  await server.quiet();
  expect(server.requests).toHaveLength(1);
});

test('a body that drips past the deadline is a doubt with the request id of its headers', async () => {
  const server = await serve((_request, socket) => {
    socket.write('HTTP/1.1 200 OK\r\nx-request-id: req-9\r\ncontent-length: 1000000\r\n\r\n{');
    const drip = setInterval(() => socket.write(' '), 10);
    socket.on('close', () => clearInterval(drip));
  });
  const answer = await upstreamAt(server.url, { requestTimeoutMs: 150 }).submit(INPUT, { signal: never() });
  expect(answer).toMatchObject({ kind: 'in_doubt', requestId: 'req-9', failure: { code: 'upstream_timeout' } });
  await server.quiet();
});

test('a reset before the server has read anything is a doubt, for the bytes had left', async () => {
  let reset = () => {};
  const server = await serve(() => {}, {
    onConnect: (socket) => {
      socket.pause();
      reset = () => socket.resetAndDestroy();
    },
  });
  const answer = await upstreamAt(server.url).submit(INPUT, {
    signal: never(),
    // Two turns later the request lies in the kernel of the server, which has not looked at it.
    beforeSend: () => setImmediate(() => setImmediate(() => reset())),
  });
  expect(answer).toMatchObject({ kind: 'in_doubt', failure: { code: 'upstream_reset' } });
  await server.quiet();
  expect([server.connections(), server.requests.length]).toEqual([1, 0]);
});

test('a reset after the request was read is a doubt, sent once', async () => {
  const server = await serve((_request, socket) => socket.resetAndDestroy());
  const answer = await upstreamAt(server.url).submit(INPUT, { signal: never() });
  expect(answer).toMatchObject({ kind: 'in_doubt', failure: { code: 'upstream_reset' } });
  await server.quiet();
  expect([server.connections(), server.requests.length]).toEqual([1, 1]);
});

test('a connection closed without an answer is a doubt', async () => {
  expect(await submitTo('')).toMatchObject({ kind: 'in_doubt', failure: { code: 'upstream_reset' } });
});

test('half a header is a doubt', async () => {
  const answer = await submitTo('HTTP/1.1 200 OK\r\ncontent-ty');
  expect(answer).toMatchObject({ kind: 'in_doubt', failure: { code: 'upstream_reset', httpStatus: null } });
});

test('an answer that is not HTTP is a doubt', async () => {
  const answer = await submitTo('SSH-2.0-OpenSSH_9.9\r\n');
  expect(answer).toMatchObject({ kind: 'in_doubt', failure: { code: 'upstream_bad_answer' } });
});

test('a body that breaks off is a doubt with the request id of its headers, whatever the status', async () => {
  for (const status of [200, 500, 429]) {
    const headers = { 'x-request-id': `req-${status}`, 'content-length': '500' };
    const answer = await submitTo(rawAnswer(status, headers, '{"output":{"task_id":"t'));
    expect(answer, String(status)).toMatchObject({
      kind: 'in_doubt',
      requestId: `req-${status}`,
      failure: { code: 'upstream_reset', httpStatus: status },
    });
  }
});

test('an answer larger than a mebibyte is a doubt, declared or not', async () => {
  const large = Buffer.alloc(1024 * 1024 + 1, 32);
  const chunk = Buffer.concat([Buffer.from(`${large.length.toString(16)}\r\n`), large, Buffer.from('\r\n0\r\n\r\n')]);
  for (const bytes of [rawAnswer(200, {}, large), rawAnswer(200, { 'transfer-encoding': 'chunked' }, chunk)]) {
    expect(await submitTo(bytes)).toMatchObject({ kind: 'in_doubt', failure: { code: 'upstream_answer_too_large' } });
  }
});

test('headers without end are a doubt', async () => {
  const answer = await submitTo(`HTTP/1.1 200 OK\r\nx-long: ${'a'.repeat(100_000)}\r\n\r\n`);
  expect(answer).toMatchObject({ kind: 'in_doubt', failure: { code: 'upstream_answer_too_large' } });
});

test.each([
  ['no task id', { output: { task_status: 'PENDING' }, request_id: 'r' }],
  ['an empty task id', { output: { task_id: '' } }],
  ['a task id that would change a URL', { output: { task_id: '../files?x=' } }],
  ['a task id of another type', { output: { task_id: 7 } }],
  ['an error code', { code: 'InternalError', message: 'x' }],
  ['a list', [1]],
])('a 200 with %s is a doubt', async (_what, body) => {
  expect(await submitTo(jsonAnswer(200, body))).toMatchObject({
    kind: 'in_doubt',
    failure: { code: 'upstream_bad_answer', httpStatus: 200 },
  });
});

test('a 200 whose body is not JSON is a doubt', async () => {
  expect(await submitTo(rawAnswer(200, {}, '<html>login</html>'))).toMatchObject({
    kind: 'in_doubt',
    failure: { code: 'upstream_bad_answer' },
  });
});

test('a 5xx that is not JSON is a doubt, for a gateway cannot know what happened behind it', async () => {
  expect(await submitTo(rawAnswer(502, {}, '<html>Bad Gateway</html>'))).toMatchObject({
    kind: 'in_doubt',
    failure: { code: 'upstream_not_json', httpStatus: 502 },
  });
});

test('a 4xx that is not JSON is a refusal', async () => {
  expect(await submitTo(rawAnswer(413, {}, 'too large'))).toMatchObject({
    kind: 'refused',
    failure: { httpStatus: 413 },
  });
});

test('a gateway that throttles or locks out without JSON is believed by its status', async () => {
  const classOf = async (status: number) => {
    const answer = await submitTo(rawAnswer(status, {}, '<html>'));
    return answer.kind === 'refused' ? [answer.failure.code, answer.failure.class] : answer.kind;
  };
  expect(await classOf(429)).toEqual(['upstream_not_json', 'throttled']);
  expect(await classOf(403)).toEqual(['upstream_not_json', 'account']);
  expect(await classOf(404)).toEqual(['upstream_not_json', 'transient']);
});

test('a gateway that gave up waiting (408) is a doubt', async () => {
  expect(await submitTo(rawAnswer(408, {}, ''))).toMatchObject({ kind: 'in_doubt' });
});

test('the own codes of the API on a 5xx are a refusal, unless the cautious setting is on', async () => {
  for (const code of ['InternalError.Algo', 'InternalError.FileUpload']) {
    const bytes = jsonAnswer(500, { code, message: 'inner', request_id: 'r5' });
    const refused = { kind: 'refused', failure: { code, httpStatus: 500, requestId: 'r5', class: 'transient' } };
    expect(await submitTo(bytes)).toMatchObject(refused);
    const cautious = { kind: 'in_doubt', requestId: 'r5', failure: { code } };
    expect(await submitTo(bytes, { submit5xxInDoubt: true })).toMatchObject(cautious);
  }
});

test('RequestTimeOut is a doubt', async () => {
  const bytes = jsonAnswer(500, { code: 'RequestTimeOut', message: 'Request timed out', request_id: 'r' });
  expect(await submitTo(bytes)).toMatchObject({ kind: 'in_doubt', failure: { code: 'RequestTimeOut' } });
});

test('a 5xx that names a task is a doubt', async () => {
  const bytes = jsonAnswer(500, { code: 'InternalError.Algo', message: 'x', output: { task_id: 't' } });
  expect(await submitTo(bytes)).toMatchObject({ kind: 'in_doubt' });
});

test('refusals keep the code of the API, and the code gives the class', async () => {
  const refusal = (status: number, code: string) => submitTo(jsonAnswer(status, { code, message: 'm' }));
  const seen = await Promise.all([
    refusal(400, 'InvalidParameter'),
    refusal(429, 'Throttling.RateQuota'),
    refusal(401, 'InvalidApiKey'),
    refusal(400, 'Arrearage'),
  ]);
  expect(
    seen.map((answer) => (answer.kind === 'refused' ? [answer.failure.code, answer.failure.class] : answer)),
  ).toEqual([
    ['InvalidParameter', 'permanent'],
    ['Throttling.RateQuota', 'throttled'],
    ['InvalidApiKey', 'account'],
    ['Arrearage', 'account'],
  ]);
});

test('the other spelling of an error is understood', async () => {
  const error = {
    message: 'Incorrect API key provided.',
    type: 'invalid_request_error',
    param: null,
    code: 'invalid_api_key',
  };
  expect(await submitTo(jsonAnswer(401, { error, requestId: 'r7' }))).toMatchObject({
    kind: 'refused',
    failure: { code: 'invalid_api_key', requestId: 'r7', class: 'account' },
  });
});

test('Retry-After is passed on within bounds', async () => {
  const throttled = (wish: string) =>
    submitTo(jsonAnswer(429, { code: 'Throttling.RateQuota', message: 'm' }, { 'retry-after': wish }));
  expect(await throttled('7')).toMatchObject({ failure: { retryAfterMs: 7000 } });
  expect(await throttled('99999')).toMatchObject({ failure: { retryAfterMs: null } });
});

test('a redirect of a submit is not followed', async () => {
  const elsewhere = await serve((_request, socket) => socket.end(jsonAnswer(200, ACCEPTED)));
  const answer = await submitTo(rawAnswer(307, { location: elsewhere.url }, ''));
  expect(answer.kind).not.toBe('accepted');
  expect(elsewhere.connections()).toBe(0);
});

test('an early 103 is not the answer', async () => {
  const early = Buffer.from('HTTP/1.1 103 Early Hints\r\nx-request-id: early\r\n\r\n');
  const answer = await submitTo(Buffer.concat([early, jsonAnswer(200, ACCEPTED)]));
  expect(answer).toMatchObject({ kind: 'accepted', requestId: 'req-1' });
  expect(await submitTo(early)).toMatchObject({ kind: 'in_doubt', requestId: null, failure: { httpStatus: null } });
});

test('the key is in no failure, even if the answer quotes it', async () => {
  const body = { code: 'InvalidApiKey', message: `Incorrect API key provided: ${KEY}, or sk-ws-other-key-9876` };
  const answers = [
    await submitTo(jsonAnswer(401, body)),
    await submitTo(jsonAnswer(200, body)),
    await submitTo(jsonAnswer(500, { code: `x ${KEY}`, message: KEY })),
    await submitTo(rawAnswer(502, {}, `authorization: Bearer ${KEY}`)),
    await submitTo(''),
    await upstreamAt(`http://127.0.0.1:${await deadPort()}`).submit(INPUT, { signal: never() }),
  ];
  const written = JSON.stringify(answers);
  expect(written).not.toContain(KEY);
  expect(written).not.toContain('other-key');
  expect(written).toContain('[key]');
});

test('closing waits for the submit under way, and sends none after it', async () => {
  let finish = () => {};
  const server = await serve((_request, socket) => {
    finish = () => socket.end(jsonAnswer(200, ACCEPTED));
    asked();
  });
  let asked = () => {};
  const reached = new Promise<void>((resolve) => {
    asked = resolve;
  });
  const upstream = upstreamAt(server.url);
  const first = upstream.submit(INPUT, { signal: never() });
  await reached;
  const order: string[] = [];
  const answered = first.then(() => order.push('answered'));
  const closed = upstream.close().then(() => order.push('closed'));
  setImmediate(() => setImmediate(() => finish()));
  await Promise.all([answered, closed]);
  expect(order).toEqual(['answered', 'closed']);
  expect(await first).toMatchObject({ kind: 'accepted' });
  expect(await upstream.submit(INPUT, { signal: never() })).toMatchObject({ kind: 'refused' });
  expect(server.requests).toHaveLength(1);
});
