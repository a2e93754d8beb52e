// A stage that has lost its connection without noticing fetches nothing and says nothing: the worker finds out and ends.
import { expect, it } from 'vitest';
import { expectBooksBalance, handIn, namesOf } from '../support/row-story.ts';
import { startStack } from '../support/stack.ts';
import { BATCH } from '../support/stores.ts';
import { startSwallowingGate } from '../support/swallowing-gate.ts';
import { waitFor } from '../support/wait-for.ts';
import { httpOf } from '../support/worker-http.ts';

const ROWS = 6;

/** BullMQ names the blocking connection after the queue, in base64; the other one is ours. */
const BLOCKING = new RegExp(`:${Buffer.from('poll').toString('base64')}$`);

it.each([
  ['its blocking connection', BLOCKING],
  ['the connection that takes the jobs', /^outpaint-poll$/],
])(
  'with %s wedged a stage is unhealthy after one bound; after two the worker ends with 1, and another one finishes',
  async (_what, victim) => {
    const stack = await startStack();
    const gate = await startSwallowingGate(stack.env.REDIS_URL ?? '');
    const env = {
      REDIS_URL: gate.url,
      WORKER_HTTP_PORT: '0',
      FETCH_SILENCE_MS_MAX: '1500',
      SHUTDOWN_TIMEOUT_MS: '500',
    };
    const worker = await stack.startWorker({ env });
    const http = await httpOf(worker);
    expect(await http.get('/healthz')).toMatchObject({ code: 200, body: { status: 'ok' } });
    gate.swallow(victim);
    await waitFor('a reply to be swallowed', () => gate.swallowed() > 0);
    await handIn(stack, namesOf('row', ROWS));
    const sick = await waitFor('the silence to be noticed', async () => {
      const answer = await http.get('/healthz');
      return answer.code === 503 ? answer : null;
    });
    expect(sick.body.status).toBe('fetch_silent');
    const silent = sick.body.silent_ms as Record<string, number>;
    // Told in whole ms.
    expect(silent.poll).toBeGreaterThanOrEqual(1_500);
    expect(silent.deliver).toBeLessThan(silent.poll ?? 0);
    expect(await worker.exited).toEqual({ code: 1, signal: null });
    expect(worker.stderr()).toMatch(/"level":60.*"reason":"fetch_silent","stages":\[[^\]]*"poll"/);

    gate.swallow(null);
    const next = await stack.startWorker({ env });
    await stack.waitUntilFinished(BATCH);
    expect((await expectBooksBalance(stack)).counts).toMatchObject({ delivered: ROWS, in_doubt: 0 });
    expect(await next.kill('SIGTERM')).toEqual({ code: 0, signal: null });
  },
);
