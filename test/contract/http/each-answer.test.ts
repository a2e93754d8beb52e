// Every answer that the server's document promises for a route of its own, provoked, and in the form that it promises.
import { gzipSync } from 'node:zlib';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { expect, it } from 'vitest';
import { startServer } from '../../support/http-server.ts';
import { startStack } from '../../support/stack.ts';
import { type Answer, askServer, readDocument } from './document.ts';

/** Sessions begin on a page of the server, with tokens: the console's tests are about them. */
const OF_PAGES = ['beginSession'];
/** Of every route; by-its-document.test.ts provokes them for all. A 500 is by its nature none that can be asked for. */
const OF_ALL = [401, 403, 429, 500, 503];

interface Ask {
  readonly operation: string;
  readonly status: number;
  readonly code?: string;
  readonly method?: string;
  readonly path: string;
  readonly type?: string;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
}

const json = { type: 'application/json' };
const request = (more: object) => ({ source: 'https://pictures.example/a.jpg', parameters: { x_scale: 2 }, ...more });
const wish = { cron: '0 2 * * *', time_zone: 'Asia/Shanghai', manifest: 's3://feeds/{date}.csv' };
const CSV = 'custom_id,source,x_scale\na,https://pictures.example/a.jpg,2\n';
const get = (operation: string, path: string, status: number, code?: string): Ask => ({
  operation,
  path,
  status,
  ...(code === undefined ? {} : { code }),
});
const post = (operation: string, path: string, status: number, body?: unknown, code?: string, more = {}): Ask => ({
  ...get(operation, path, status, code),
  method: 'POST',
  ...(body === undefined ? {} : json),
  body,
  ...more,
});

const ask = (
  operation: string,
  method: string,
  path: string,
  status: number,
  body?: unknown,
  code?: string,
  more: Partial<Ask> = {},
): Ask => ({ ...post(operation, path, status, body, code, more), method });

/** What refuses every JSON body alike: not JSON, another type, too long. */
const badBodies = (operation: string, method: string, path: string): Ask[] => [
  { operation, method, path, status: 400, code: 'body_unreadable', ...json, body: '{"a":' },
  { operation, method, path, status: 415, code: 'media_type_unknown', type: 'image/png', body: 'x' },
  { operation, method, path, status: 413, code: 'body_too_large', ...json, body: `"${'x'.repeat(1_100_000)}"` },
];

const ASKS = (ids: { dead: string; paid: string; batch: string; manifest: string }): Ask[] => [
  post('createExpansion', '/v1/expansions', 202, request({ batch: 'one', custom_id: 'a' })),
  post(
    'createExpansion',
    '/v1/expansions',
    409,
    request({ batch: 'one', custom_id: 'a', source: 'https://pictures.example/b.jpg' }),
    'expansion_conflict',
  ),
  post('createExpansion', '/v1/expansions', 422, { source: 1 }, 'request_invalid'),
  post('createExpansion', '/v1/expansions', 400, request({}), 'idempotency_key_invalid', {
    headers: { 'idempotency-key': '' },
  }),
  ...badBodies('createExpansion', 'POST', '/v1/expansions'),
  get('getExpansion', `/v1/expansions/${ids.dead}`, 200),
  get('getExpansion', '/v1/expansions/x_none', 404, 'not_found'),
  get('getExpansion', `/v1/expansions/${'x'.repeat(65)}`, 400, 'parameters_invalid'),
  get('getExpansionByName', '/v1/batches/one/expansions/a', 303),
  get('getExpansionByName', '/v1/batches/_no/expansions/a', 404, 'not_found'),
  get('getExpansionByName', `/v1/batches/${'x'.repeat(129)}/expansions/a`, 400, 'parameters_invalid'),

  { operation: 'createBatch', method: 'POST', path: '/v1/batches?batch=two', status: 202, type: 'text/csv', body: CSV },
  {
    operation: 'createBatch',
    method: 'POST',
    path: '/v1/batches?batch=two',
    status: 202,
    type: 'text/csv',
    body: gzipSync(CSV),
    headers: { 'content-encoding': 'gzip' },
  },
  post('createBatch', '/v1/batches?batch=three', 202, { manifest: ids.manifest, set: ['x_scale=2'] }),
  post('createBatch', '/v1/batches?batch=three', 422, { manifest: `${ids.manifest}.csv` }, 'request_invalid'),
  post('createBatch', '/v1/batches?batch=three', 422, { manifest: 'feed.csv' }, 'request_invalid'),
  post('createBatch', '/v1/batches?batch=three&set=x_scale%3D9', 422, [], 'request_invalid'),
  post('createBatch', '/v1/batches?batch=one', 422, [request({ custom_id: 'b', parameters: {} })], 'manifest_invalid'),
  post(
    'createBatch',
    '/v1/batches?batch=one',
    409,
    [request({ custom_id: 'a', parameters: { x_scale: 3 } })],
    'expansion_conflict',
  ),
  {
    operation: 'createBatch',
    method: 'POST',
    path: '/v1/batches?max_failures=many',
    status: 400,
    code: 'parameters_invalid',
    type: 'text/csv',
    body: CSV,
  },
  {
    operation: 'createBatch',
    method: 'POST',
    path: '/v1/batches',
    status: 415,
    code: 'media_type_unknown',
    type: 'image/png',
    body: 'x',
  },
  {
    operation: 'createBatch',
    method: 'POST',
    path: '/v1/batches',
    status: 413,
    code: 'body_too_large',
    ...json,
    body: `"${'x'.repeat(1_100_000)}"`,
  },
  get('listBatches', '/v1/batches?limit=1', 200),
  get('listBatches', '/v1/batches?limit=0', 400, 'parameters_invalid'),
  get('listBatches', '/v1/batches?cursor=here', 400, 'parameters_invalid'),
  get('getBatch', `/v1/batches/${ids.batch}`, 200),
  get('getBatch', '/v1/batches/none', 404, 'not_found'),
  get('getBatch', `/v1/batches/${'x'.repeat(129)}`, 400, 'parameters_invalid'),
  get('followBatch', `/v1/batches/${ids.batch}/events`, 200),
  get('followBatch', '/v1/batches/none/events', 404, 'not_found'),
  get('followBatch', `/v1/batches/${'x'.repeat(129)}/events`, 400, 'parameters_invalid'),
  ...['pause', 'resume', 'seal', 'cancel'].flatMap((verb) => [
    post(`${verb}Batch`, `/v1/batches/one/${verb}`, 200),
    post(`${verb}Batch`, `/v1/batches/none/${verb}`, 404, undefined, 'not_found'),
    post(`${verb}Batch`, `/v1/batches/${'x'.repeat(129)}/${verb}`, 400, undefined, 'parameters_invalid'),
  ]),
  post('createExpansion', '/v1/expansions', 202, request({ custom_id: 'alone' })),
  post('cancelBatch', '/v1/batches/_single/cancel', 409, undefined, 'state_conflict'),
  get('getBatchReport', `/v1/batches/${ids.batch}/report`, 200),
  get('getBatchReport', '/v1/batches/none/report', 404, 'not_found'),
  get('getBatchReport', `/v1/batches/${'x'.repeat(129)}/report`, 400, 'parameters_invalid'),
  get('getBatchReportRows', `/v1/batches/${ids.batch}/report/rows`, 200),
  get('getBatchReportRows', '/v1/batches/none/report/rows', 404, 'not_found'),
  get('getBatchReportRows', '/v1/batches/one/report/rows?format=xml', 400, 'parameters_invalid'),
  post('retryBatch', `/v1/batches/${ids.batch}/retry`, 200, { code: 'none' }),
  post('retryBatch', '/v1/batches/none/retry', 404, {}, 'not_found'),
  post('retryBatch', '/v1/batches/one/retry', 400, { limit: 0 }, 'parameters_invalid'),
  ...badBodies('retryBatch', 'POST', '/v1/batches/one/retry'),

  ask('changeBatch', 'PATCH', '/v1/batches/one', 200, { budget: '18' }),
  ask('changeBatch', 'PATCH', '/v1/batches/none', 404, { budget: '18' }, 'not_found'),
  ask('changeBatch', 'PATCH', '/v1/batches/one', 422, { budget: 'much' }, 'request_invalid'),
  ...badBodies('changeBatch', 'PATCH', '/v1/batches/one'),
  get('getBatchCourse', `/v1/batches/${ids.batch}/course`, 200),
  get('getBatchCourse', '/v1/batches/none/course', 404, 'not_found'),
  get('getBatchCourse', `/v1/batches/${'x'.repeat(129)}/course`, 400, 'parameters_invalid'),
  get('listRows', `/v1/batches/${ids.batch}/rows?status=dead_lettered`, 200),
  get('listRows', `/v1/batches/${ids.batch}/rows?status=lost`, 400, 'parameters_invalid'),
  get('listRows', '/v1/batches/none/rows?status=accepted', 404, 'not_found'),
  ask('planBatch', 'POST', '/v1/plans?batch=two', 200, CSV, undefined, { type: 'text/csv' }),
  ask('planBatch', 'POST', '/v1/plans', 400, CSV, 'parameters_invalid', { type: 'text/csv' }),
  ask('planBatch', 'POST', '/v1/plans?batch=a%2Fb', 422, CSV, 'request_invalid', { type: 'text/csv' }),
  ask('planBatch', 'POST', '/v1/plans?batch=two', 415, 'x', 'media_type_unknown', { type: 'image/png' }),
  ask('planBatch', 'POST', '/v1/plans?batch=two', 413, `"${'x'.repeat(1_100_000)}"`, 'body_too_large'),
  get('getOverview', '/v1/overview', 200),
  get('getOverview', '/v1/overview?utc_offset=x', 400, 'parameters_invalid'),
  get('followOverview', '/v1/overview/events', 200),
  get('followOverview', '/v1/overview/events?utc_offset=x', 400, 'parameters_invalid'),
  get('getSession', '/v1/session', 200),
  ask('endSession', 'DELETE', '/v1/session', 200),
  get('getPicture', `/v1/expansions/${ids.dead}/picture?of=source`, 200),
  get('getPicture', `/v1/expansions/${ids.dead}/picture?of=result`, 404, 'not_found'),
  get('getPicture', `/v1/expansions/${ids.dead}/picture`, 400, 'parameters_invalid'),

  ask('editDeadLetter', 'PATCH', `/v1/dead-letters/${ids.dead}`, 200, { parameters: { x_scale: 3 } }),
  ask(
    'editDeadLetter',
    'PATCH',
    `/v1/dead-letters/${ids.dead}`,
    422,
    { parameters: { x_scale: 9 } },
    'request_invalid',
  ),
  ask('editDeadLetter', 'PATCH', `/v1/dead-letters/${ids.paid}`, 409, { parameters: { x_scale: 3 } }, 'state_conflict'),
  ask('editDeadLetter', 'PATCH', '/v1/dead-letters/x_none', 404, {}, 'not_found'),
  ...badBodies('editDeadLetter', 'PATCH', `/v1/dead-letters/${ids.dead}`),
  get('listDeadLetters', '/v1/dead-letters?limit=1', 200),
  get('listDeadLetters', '/v1/dead-letters?limit=x', 400, 'parameters_invalid'),
  get('countDeadLetters', '/v1/dead-letters/codes', 200),
  get('getDeadLetter', `/v1/dead-letters/${ids.dead}`, 200),
  get('getDeadLetter', '/v1/dead-letters/x_none', 404, 'not_found'),
  get('getDeadLetter', `/v1/dead-letters/${'x'.repeat(65)}`, 400, 'parameters_invalid'),
  post('redriveDeadLetters', '/v1/dead-letters/redrive', 200, { ids: [ids.dead] }),
  post('redriveDeadLetters', '/v1/dead-letters/redrive', 422, {}, 'request_invalid'),
  post('redriveDeadLetters', '/v1/dead-letters/redrive', 400, { ids: 'all' }, 'parameters_invalid'),
  ...badBodies('redriveDeadLetters', 'POST', '/v1/dead-letters/redrive'),

  get('getLine', '/v1/line', 200),
  post('resumeLine', '/v1/line/resume', 200),

  get('listSchedules', '/v1/schedules', 200),
  { operation: 'putSchedule', method: 'PUT', path: '/v1/schedules/nightly', status: 201, ...json, body: wish },
  { operation: 'putSchedule', method: 'PUT', path: '/v1/schedules/nightly', status: 200, ...json, body: wish },
  {
    operation: 'putSchedule',
    method: 'PUT',
    path: '/v1/schedules/nightly',
    status: 422,
    code: 'request_invalid',
    ...json,
    body: { ...wish, cron: 'never' },
  },
  ...badBodies('putSchedule', 'PUT', '/v1/schedules/nightly'),
  get('getSchedule', '/v1/schedules/nightly', 200),
  get('getSchedule', '/v1/schedules/none', 404, 'not_found'),
  get('getSchedule', '/v1/schedules/nightly?limit=0', 400, 'parameters_invalid'),
  ...['pause', 'resume'].flatMap((verb) => [
    post(`${verb}Schedule`, `/v1/schedules/nightly/${verb}`, 200),
    post(`${verb}Schedule`, `/v1/schedules/none/${verb}`, 404, undefined, 'not_found'),
    post(`${verb}Schedule`, `/v1/schedules/${'x'.repeat(65)}/${verb}`, 400, undefined, 'parameters_invalid'),
  ]),
  post('pauseSchedule', '/v1/schedules/nightly/pause', 200),
  post('runSchedule', '/v1/schedules/nightly/run', 409, undefined, 'state_conflict'),
  post('resumeSchedule', '/v1/schedules/nightly/resume', 200),
  post('runSchedule', '/v1/schedules/nightly/run', 200),
  post('runSchedule', '/v1/schedules/none/run', 404, undefined, 'not_found'),
  post('runSchedule', `/v1/schedules/${'x'.repeat(65)}/run`, 400, undefined, 'parameters_invalid'),
  post('backfillSchedule', '/v1/schedules/nightly/backfill', 200, { from: '2026-01-01', to: '2026-01-02' }),
  post(
    'backfillSchedule',
    '/v1/schedules/nightly/backfill',
    422,
    { from: '2026-01-02', to: '2026-01-01' },
    'request_invalid',
  ),
  post(
    'backfillSchedule',
    '/v1/schedules/nightly/backfill',
    400,
    { from: 'then', to: '2026-01-01' },
    'parameters_invalid',
  ),
  post('backfillSchedule', '/v1/schedules/none/backfill', 404, { from: '2026-01-01', to: '2026-01-01' }, 'not_found'),
  ...badBodies('backfillSchedule', 'POST', '/v1/schedules/nightly/backfill'),
  { operation: 'removeSchedule', method: 'DELETE', path: '/v1/schedules/nightly', status: 200 },
  { operation: 'removeSchedule', method: 'DELETE', path: '/v1/schedules/nightly', status: 404, code: 'not_found' },
  {
    operation: 'removeSchedule',
    method: 'DELETE',
    path: `/v1/schedules/${'x'.repeat(65)}`,
    status: 400,
    code: 'parameters_invalid',
  },

  get('health', '/healthz', 200),
  get('readiness', '/readyz', 200),
  get('metrics', '/metrics', 200),
];

const send = (address: string, { method = 'GET', path, type, headers = {}, body }: Ask): Promise<Answer> =>
  askServer(`${address}${path}`, {
    method,
    headers: { ...(type === undefined ? {} : { 'content-type': type }), ...headers },
    ...(body === undefined
      ? {}
      : { body: typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body) }),
  } as RequestInit);

it('each route gives each answer of its own that the document promises', async () => {
  const stack = await startStack();
  const [a, b] = ['a', 'b'].map((name) => stack.sandbox.pictureUrl(`${name}.jpg`)) as [string, string];
  stack.sandbox.faults.add({ at: 'submit', status: 400, code: 'InvalidParameter.ImageContent', source: a });
  stack.sandbox.faults.add({ at: 'result', kind: 'not_image', source: b });
  const worker = await stack.startWorker();
  const server = await startServer(stack, { HTTP_RATE_PER_MINUTE: '100000' });
  const { operations, wrongWith } = await readDocument(server.address);
  const rows = [a, b].map((source, i) => ({ source, parameters: { x_scale: 2 }, custom_id: String(i) }));
  const handedIn = await send(server.address, post('createBatch', '/v1/batches?batch=dying', 202, rows));
  expect(handedIn.status).toBe(202);
  await stack.waitForBatch('dying' as never, 'reported', ({ reportedAt }) => reportedAt !== null);
  await worker.kill('SIGTERM');
  const letters = JSON.parse((await send(server.address, get('', '/v1/dead-letters', 200))).text).data;
  const idOf = (name: string): string =>
    letters.find((letter: { custom_id: string }) => letter.custom_id === name)?.expansion_id;

  const { client, bucket } = stack.bucket;
  await client.send(
    new PutObjectCommand({ Bucket: bucket, Key: 'feed.csv', Body: 'custom_id,source\na,https://p.example/a.jpg\n' }),
  );
  const manifest = `s3://${bucket}/feed.csv`;
  const met = new Set<string>();
  for (const one of ASKS({ dead: idOf('0'), paid: idOf('1'), batch: 'dying', manifest })) {
    const answer = await send(server.address, one);
    const where = `${one.operation} ${one.method ?? 'GET'} ${one.path.slice(0, 80)}: ${answer.text.slice(0, 300)}`;
    expect([where, answer.status]).toEqual([where, one.status]);
    if (one.code !== undefined) expect([where, JSON.parse(answer.text).code]).toEqual([where, one.code]);
    expect(wrongWith(one.operation, answer)).toBeNull();
    met.add(`${one.operation} ${one.status}`);
  }
  const told = operations.filter(({ id }) => !OF_PAGES.includes(id));
  const promised = told.flatMap(({ id, statuses }) =>
    statuses.filter((status) => !OF_ALL.includes(status)).map((status) => `${id} ${status}`),
  );
  expect(promised.filter((name) => !met.has(name))).toEqual([]);
  await server.program.kill('SIGTERM');
});
