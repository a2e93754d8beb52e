// While Redis or the bucket is away a worker says so and lives; when they are back it is ready by itself.
import { expect, it } from 'vitest';
import { startGatedStack } from '../support/gated-store.ts';
import { dedicatedRedis } from '../support/redis-server.ts';
import { handIn } from '../support/row-story.ts';
import { startStack } from '../support/stack.ts';
import { BATCH } from '../support/stores.ts';
import { waitFor } from '../support/wait-for.ts';
import { httpOf, type WorkerHttp } from '../support/worker-http.ts';

const SILENCE_MS_MAX = 1_000;

const untilReady = (http: WorkerHttp) =>
  waitFor('the worker to be ready', async () => (await http.get('/readyz')).code === 200);

it('a bucket that is away or refuses makes it not ready, and healthy all the while', async () => {
  const { stack, gate } = await startGatedStack({ env: { WORKER_HTTP_PORT: '0', S3_REQUEST_TIMEOUT_MS: '300' } });
  await gate.set('away');
  const worker = await stack.startWorker();
  const http = await httpOf(worker);
  expect(await http.get('/readyz')).toEqual({
    code: 503,
    body: {
      status: 'not_ready',
      redis: 'ok',
      bucket: 'failed',
      line: 'running',
      problems: ['bucket: store_unavailable'],
    },
  });
  await gate.clear();
  await untilReady(http);
  await gate.set('access-denied');
  const refused = await waitFor('the bucket to be looked at again', async () => {
    const answer = await http.get('/readyz');
    return answer.code === 503 ? answer : null;
  });
  expect(refused.body).toMatchObject({ bucket: 'failed', problems: ['bucket: store_refused'] });
  expect(await http.get('/healthz')).toMatchObject({ code: 200, body: { status: 'ok' } });
  await worker.kill('SIGTERM');
});

it('a Redis that stands still makes it not ready and unhealthy; it waits, and works again when Redis does', async () => {
  const server = await dedicatedRedis();
  const stack = await startStack({
    redisUrl: server.url,
    env: { WORKER_HTTP_PORT: '0', FETCH_SILENCE_MS_MAX: String(SILENCE_MS_MAX) },
  });
  const worker = await stack.startWorker();
  const http = await httpOf(worker);
  await untilReady(http);
  const { pid } = server;
  if (pid === undefined) throw new Error('Redis is not running');
  process.kill(pid, 'SIGSTOP');
  try {
    expect(await http.get('/readyz')).toMatchObject({ code: 503, body: { redis: 'failed', line: 'unknown' } });
    const stopped = await http.metrics();
    expect(stopped.value('outpaint_redis_up')).toBe(0);
    expect(stopped.value('outpaint_line_halted')).toBeUndefined();
    // Four bounds: with a Redis that answers it would have ended after two.
    await waitFor('a long silence', async () => {
      const { code, body } = await http.get('/healthz');
      const silent = Math.min(...Object.values(body.silent_ms as Record<string, number>));
      return code === 503 && body.status === 'redis_away' && silent > 4 * SILENCE_MS_MAX;
    });
  } finally {
    process.kill(pid, 'SIGCONT');
  }
  await untilReady(http);
  await waitFor('every stage to fetch again', async () => (await http.get('/healthz')).code === 200);
  await handIn(stack, ['row']);
  expect((await stack.waitUntilFinished(BATCH)).counts.delivered).toBe(1);
  expect((await http.metrics()).value('outpaint_redis_up')).toBe(1);
  expect(await worker.kill('SIGTERM')).toEqual({ code: 0, signal: null });
});

it('a Redis that is away for longer than REDIS_AWAY_MS_MAX ends the worker with 1', async () => {
  const server = await dedicatedRedis();
  const stack = await startStack({
    redisUrl: server.url,
    env: { FETCH_SILENCE_MS_MAX: '500', REDIS_AWAY_MS_MAX: '1000', SHUTDOWN_TIMEOUT_MS: '300' },
  });
  const worker = await stack.startWorker();
  await server.kill('SIGKILL');
  expect(await worker.exited).toEqual({ code: 1, signal: null });
  expect(worker.stderr()).toMatch(/"level":60.*"reason":"redis_away"/);
});
