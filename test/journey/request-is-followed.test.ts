// A caller's trace goes with its expansion through every stage: in each log line, and as spans where a collector is named.
import { connectWorker } from '@outpaint/shared/queue/connections';
import { Queue } from 'bullmq';
import { expect, it, onTestFinished } from 'vitest';
import { type Program, spawnProgram } from '../support/child.ts';
import { startServer } from '../support/http-server.ts';
import { type OtlpReceiver, type ReceivedSpan, startOtlpReceiver } from '../support/otlp-receiver.ts';
import { deadPort, startRawServer } from '../support/raw-server.ts';
import { type Stack, startStack } from '../support/stack.ts';
import { waitFor } from '../support/wait-for.ts';

const SPAN = '00f067aa0ba902b7';
const traceOf = (digit: string): string => digit.repeat(32);
const parentOf = (digit: string): string => `00-${traceOf(digit)}-${SPAN}-01`;

const collector = async (): Promise<OtlpReceiver> => {
  const receiver = await startOtlpReceiver();
  onTestFinished(() => receiver.close());
  return receiver;
};

const post = async (address: string, stack: Stack, name: string, headers: Record<string, string>): Promise<string> => {
  const answer = await fetch(`${address}/v1/expansions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ source: stack.sandbox.pictureUrl(`${name}.jpg`), parameters: { output_ratio: '16:9' } }),
  });
  expect(answer.status).toBe(202);
  return ((await answer.json()) as { expansion_id: string }).expansion_id;
};

const endOf = (stack: Stack, id: string) =>
  waitFor(`the end of ${id}`, async () => {
    const record = await stack.records.read(id as never);
    return record?.status === 'delivered' || (record?.status === 'dead_lettered' && record.letterWritten)
      ? record
      : null;
  });

/** The lines of a program's log that name the expansion. */
const linesAbout = (program: Program, id: string): Record<string, unknown>[] =>
  program
    .stderr()
    .split('\n')
    .filter((line) => line.startsWith('{') && line.includes(id))
    .map((line) => JSON.parse(line) as Record<string, unknown>);

const namesIn = (spans: readonly ReceivedSpan[]): string[] => [...new Set(spans.map(({ name }) => name))].sort();

it('one expansion by HTTP is one trace with a span for each stage, and each of its log lines names the trace', async () => {
  const stack = await startStack();
  const otel = await collector();
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: otel.url };
  const worker = await stack.startWorker({ env });
  const server = await startServer(stack, env);
  const id = await post(server.address, stack, 'good', { traceparent: parentOf('a'), tracestate: 'shop=42' });
  const alone = await post(server.address, stack, 'alone', {});
  const record = await endOf(stack, id);
  await endOf(stack, alone);

  const shown = spawnProgram('apps/producer/src/main.ts', {
    env: stack.env,
    args: ['expansion', 'show', id, '--json'],
  });
  await shown.exited;
  const { trace_id, history } = JSON.parse(shown.stdout()) as { trace_id: string; history: { at: string }[] };
  expect(trace_id).toBe(traceOf('a'));
  expect(history.length).toBeGreaterThan(3);
  for (const { at } of history) expect(Date.parse(at)).toBeGreaterThan(0);
  // Stopping sends what is not sent yet.
  await Promise.all([worker.kill('SIGTERM'), server.program.kill('SIGTERM')]);

  const spans = otel.spans.filter(({ traceId }) => traceId === traceOf('a'));
  expect(namesIn(spans)).toEqual(['deliver', 'intake', 'poll', 'submit']);
  const intake = spans.find(({ name }) => name === 'intake');
  expect(intake).toMatchObject({ service: 'outpaint-http', parentId: SPAN, facts: { 'outpaint.expansion_id': id } });
  for (const span of spans.filter(({ name }) => name !== 'intake'))
    expect(span).toMatchObject({
      service: 'outpaint-worker',
      parentId: intake?.spanId,
      facts: { 'outpaint.expansion_id': id },
    });
  expect(spans.find(({ name }) => name === 'deliver')?.facts).toMatchObject({
    'outpaint.task_id': record.taskId,
    'outpaint.outcome': 'delivered',
  });
  expect(record.trace).toMatchObject({ traceId: traceOf('a'), spanId: intake?.spanId, state: 'shop=42' });
  // Whoever names no trace gets one of its own.
  const others = otel.spans.filter(({ facts }) => facts['outpaint.expansion_id'] === alone);
  expect(namesIn(others)).toEqual(['deliver', 'intake', 'poll', 'submit']);
  expect(new Set(others.map(({ traceId }) => traceId)).size).toBe(1);

  const lines = [...linesAbout(server.program, id), ...linesAbout(worker, id)];
  expect(lines.map(({ event, msg }) => event ?? msg)).toEqual(
    expect.arrayContaining(['expansion accepted', 'submitted', 'generated', 'delivered']),
  );
  for (const line of lines.filter(({ event }) => event !== 'submit_answered'))
    expect(line).toMatchObject({ expansion_id: id, batch: '_single', trace_id: traceOf('a') });
  for (const line of lines.filter(({ event }) => event === 'generated' || event === 'delivered'))
    expect(line.task_id).toBe(record.taskId);
});

it('a message of the queue is followed by its own trace or by what its client put beside it; a malformed one refuses nothing', async () => {
  const stack = await startStack();
  stack.sandbox.faults.add({
    at: 'submit',
    status: 400,
    code: 'InvalidParameter',
    message: 'cannot be made',
    times: 1,
  });
  const otel = await collector();
  const connection = connectWorker(stack.env.REDIS_URL ?? '', 'another-service');
  const queue = new Queue('intake', { connection, prefix: `{${stack.namespace}}` });
  onTestFinished(async () => {
    await queue.close();
    connection.disconnect();
  });
  const worker = await stack.startWorker({
    env: { OTEL_TRACES_EXPORTER: 'otlp', OTEL_EXPORTER_OTLP_ENDPOINT: otel.url },
  });
  const row = (custom_id: string) => ({
    batch: 'shop',
    custom_id,
    source: stack.sandbox.pictureUrl(`${custom_id}.jpg`),
    parameters: { x_scale: 2 },
  });
  const records = () => stack.batches.read('shop' as never);
  await queue.add('expand', { ...row('own'), traceparent: parentOf('b') });
  await waitFor('its letter', async () => (await records())?.counts.dead_lettered === 1);
  await queue.add('expand', row('beside'), { telemetry: { metadata: JSON.stringify({ traceparent: parentOf('c') }) } });
  await queue.add('expand', { ...row('malformed'), traceparent: 'trace-me', tracestate: 7 });
  await waitFor('the others', async () => (await records())?.counts.delivered === 2);
  await worker.kill('SIGTERM');

  const of = (digit: string) => otel.spans.filter(({ traceId }) => traceId === traceOf(digit));
  expect(namesIn(of('b'))).toEqual(['dead-letter', 'intake', 'submit']);
  expect(of('b').find(({ name }) => name === 'dead-letter')?.facts).toMatchObject({
    'outpaint.code': 'InvalidParameter',
  });
  expect(namesIn(of('c'))).toEqual(['deliver', 'intake', 'poll', 'submit']);
  expect(otel.spans.filter(({ name }) => name === 'intake')).toHaveLength(3);
});

/** Says on stderr which module of OpenTelemetry is asked for. */
const TELL_LOADED = `--import data:text/javascript,${encodeURIComponent(
  "import { registerHooks } from 'node:module'; registerHooks({ resolve(name, context, next) { if (name.startsWith('@opentelemetry/')) process.stderr.write('loads ' + name + '\\n'); return next(name, context); } });",
)}`;

it('off by default: nothing of OpenTelemetry is loaded, and the trace of a caller is kept as it came all the same', async () => {
  const stack = await startStack();
  const env = { NODE_OPTIONS: TELL_LOADED };
  const worker = await stack.startWorker({ env });
  const server = await startServer(stack, env);
  const id = await post(server.address, stack, 'quiet', { traceparent: parentOf('d') });
  const malformed = await post(server.address, stack, 'malformed', { traceparent: '00-what-01' });
  const record = await endOf(stack, id);
  expect(record.trace).toMatchObject({ traceId: traceOf('d'), spanId: SPAN, flags: 1 });
  expect((await endOf(stack, malformed)).trace).toBeNull();
  expect(await stack.redis.hexists(stack.keys.record(malformed as never), 'trace')).toBe(0);
  expect(linesAbout(worker, id).find(({ event }) => event === 'delivered')).toMatchObject({ trace_id: traceOf('d') });
  expect(`${worker.stderr()}${server.program.stderr()}`).not.toContain('loads @opentelemetry/sdk-trace');
  await Promise.all([worker.kill('SIGTERM'), server.program.kill('SIGTERM')]);

  const told = await stack.startWorker({ env: { ...env, OTEL_TRACES_EXPORTER: 'otlp' } });
  expect(told.stderr()).toContain('loads @opentelemetry/sdk-trace');
  await told.kill('SIGTERM');
});

it.each(['is away', 'never answers'])(
  'a collector that %s costs a line in the log, and no picture and no time',
  async (how) => {
    const stack = await startStack();
    const silent = await startRawServer(() => undefined);
    onTestFinished(() => silent.close());
    const url = how === 'is away' ? `http://127.0.0.1:${await deadPort()}` : silent.url;
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: url, OTEL_BSP_SCHEDULE_DELAY: '20', OTEL_EXPORTER_OTLP_TIMEOUT: '500' };
    const worker = await stack.startWorker({ env });
    const server = await startServer(stack, env);
    const id = await post(server.address, stack, 'unseen', { traceparent: parentOf('e') });
    expect((await endOf(stack, id)).status).toBe('delivered');
    await worker.waitForLine(/spans could not be sent; the work goes on/);
    const ends = await Promise.all([worker.kill('SIGTERM'), server.program.kill('SIGTERM')]);
    expect(ends.map(({ code }) => code)).toEqual([0, 0]);
  },
);
