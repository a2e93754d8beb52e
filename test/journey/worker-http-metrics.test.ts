// What a worker says of itself on /metrics is what happened: rows, money, requests, steps, bytes.
import { HeadObjectCommand } from '@aws-sdk/client-s3';
import { expect, it } from 'vitest';
import { aimedAt, handIn, namesOf } from '../support/row-story.ts';
import { type Stack, startStack } from '../support/stack.ts';
import { BATCH } from '../support/stores.ts';
import { waitFor } from '../support/wait-for.ts';
import { httpOf } from '../support/worker-http.ts';

const bytesInBucket = async (stack: Stack): Promise<number> => {
  const { bucket, client } = stack.bucket;
  const heads = (await stack.keysInBucket()).map((Key) => client.send(new HeadObjectCommand({ Bucket: bucket, Key })));
  return (await Promise.all(heads)).reduce((sum, head) => sum + (head.ContentLength ?? 0), 0);
};

it('after a batch with every kind of answer the metrics equal the books, in a format that Prometheus takes', async () => {
  const stack = await startStack({ env: { WORKER_HTTP_PORT: '0' } });
  const { faults, log } = stack.sandbox;
  faults.add({ at: 'submit', status: 429, code: 'Throttling.RateQuota', times: 1, source: aimedAt('throttled') });
  faults.add({ at: 'submit', status: 400, code: 'InvalidParameter.ImageContent', source: aimedAt('refused') });
  faults.add({ at: 'submit', status: 400, code: 'InvalidParameter.NobodyKnows', source: aimedAt('unknown') });
  faults.add({ at: 'submit', kind: 'reset_after', source: aimedAt('doubt') });
  faults.add({ at: 'query', status: 500, code: 'InternalError', times: 1, source: aimedAt('row-0') });
  const worker = await stack.startWorker();
  const http = await httpOf(worker);
  await handIn(stack, [...namesOf('row', 3), 'throttled', 'refused', 'unknown', 'doubt']);
  const batch = await stack.waitUntilFinished(BATCH);

  const metrics = await waitFor('the metrics to be of now', async () => {
    const read = await http.metrics();
    return read.value('outpaint_rows', { status: 'delivered' }) === batch.counts.delivered ? read : null;
  });
  expect(metrics.by('outpaint_rows', 'status')).toEqual(batch.counts);
  expect(metrics.by('outpaint_dead_letters', 'code')).toEqual({ 'InvalidParameter.ImageContent': 1, other: 1 });
  expect(metrics.by('outpaint_spend_total', 'currency')).toEqual({ CNY: batch.spentMicro / 1e6 });
  expect(metrics.by('outpaint_reserved', 'currency')).toEqual({ CNY: 0.18 });
  const plain = Object.fromEntries(
    [...metrics.families.keys()].map((name) => [name.replace('outpaint_', ''), metrics.value(name)]),
  );
  expect(plain).toMatchObject({
    redis_up: 1,
    doubts: 1,
    // A doubt gives its slot back after a while.
    slots_in_use: expect.toBeOneOf([0, 1]),
    slots_allowed: 24,
    line_halted: 0,
    oldest_undelivered_age_seconds: 0,
    intake_letters: 0,
    batches_uncounted: 0,
    result_bytes_total: await bytesInBucket(stack),
  });

  const requests = (op: string) =>
    Object.fromEntries(
      metrics.series
        .filter(
          ({ name, labels, value }) => name === 'outpaint_upstream_requests_total' && labels.op === op && value > 0,
        )
        .map(({ labels, value }) => [labels.code_class, value]),
    );
  expect(requests('submit')).toEqual({ ok: 4, throttled: 1, permanent: 2, in_doubt: 1 });
  expect(requests('query')).toEqual({ ok: log.counts().get?.['200'], transient: 1 });
  const steps = (stage: string) =>
    metrics.series.filter((one) => one.name === 'outpaint_steps_total' && one.labels.stage === stage);
  expect(steps('deliver').map(({ labels, value }) => [labels.outcome, value])).toEqual([['delivered', 4]]);
  for (const stage of ['submit', 'poll', 'deliver']) {
    const sum = steps(stage).reduce((all, one) => all + one.value, 0);
    expect(metrics.value('outpaint_step_seconds_count', { stage }), stage).toBe(sum);
  }
  expect(metrics.value('process_resident_memory_bytes')).toBeGreaterThan(1e6);
  // Whatever upstream says, a series is never named after a row, a task or a message.
  expect(metrics.series.filter(({ name }) => name.startsWith('outpaint_')).length).toBeLessThan(150);

  expect(await worker.kill('SIGTERM')).toEqual({ code: 0, signal: null });
  await expect(fetch(`${http.address}/healthz`)).rejects.toThrow();
});

it('a halted line stops no worker: it is ready, says that the line is halted, and the metric is 1', async () => {
  const stack = await startStack({
    env: { WORKER_HTTP_PORT: '0', LINE_PROBE_MS_MIN: '60000', LINE_PROBE_MS_MAX: '60000' },
  });
  stack.sandbox.faults.add({ at: 'submit', status: 400, code: 'Arrearage' });
  const worker = await stack.startWorker();
  const http = await httpOf(worker);
  expect(await http.get('/readyz')).toMatchObject({ code: 200, body: { status: 'ready', line: 'running' } });
  await handIn(stack, ['row']);
  await waitFor('the line to be halted', async () => (await stack.batches.line()).state === 'halted');
  expect(await http.get('/readyz')).toEqual({
    code: 200,
    body: { status: 'ready', redis: 'ok', bucket: 'ok', line: 'halted', problems: [] },
  });
  expect((await http.metrics()).value('outpaint_line_halted')).toBe(1);
  await worker.kill('SIGTERM');
});

it('without WORKER_HTTP_PORT nothing listens, and a port that is taken ends the worker before it fetches', async () => {
  const stack = await startStack();
  const silent = await stack.startWorker();
  expect(silent.stderr()).not.toContain('http port open');
  const first = await stack.startWorker({ env: { WORKER_HTTP_PORT: '0' } });
  const { port } = new URL((await httpOf(first)).address);
  await expect(stack.startWorker({ env: { WORKER_HTTP_PORT: port } })).rejects.toThrow(
    /ended \(1\)[\s\S]*WORKER_HTTP_PORT cannot be opened[\s\S]*EADDRINUSE/,
  );
  for (const worker of [silent, first]) await worker.kill('SIGTERM');
});
