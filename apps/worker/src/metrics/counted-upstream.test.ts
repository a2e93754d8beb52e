// Every way in which a call of the API may end is counted once, under its class, and changed in nothing.
import type { Upstream } from '@outpaint/shared/upstream/create-upstream';
import type { UpstreamFailure } from '@outpaint/shared/upstream/failure';
import type { SubmitAnswer } from '@outpaint/shared/upstream/submit';
import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { countedUpstream } from './counted-upstream.ts';
import { CODE_CLASSES, createWorkMetrics, UPSTREAM_OPS } from './work-metrics.ts';

const failure = (errorClass: UpstreamFailure['class']): UpstreamFailure => ({
  code: 'X',
  message: '',
  httpStatus: 500,
  requestId: null,
  retryAfterMs: null,
  class: errorClass,
});

const scene = (submit: () => Promise<SubmitAnswer>) => {
  const registry = new Registry();
  const unused = async () => {
    throw new Error('not asked for here');
  };
  const upstream: Upstream = {
    submit,
    query: unused,
    list: unused,
    cancel: unused,
    clockOffset: () => null,
    close: async () => undefined,
  };
  const counted = countedUpstream(upstream, createWorkMetrics(registry));
  const counts = async (): Promise<Record<string, number>> => {
    const metric = await registry.getSingleMetric('outpaint_upstream_requests_total')?.get();
    const some = (metric?.values ?? []).filter(({ value }) => value > 0);
    return Object.fromEntries(some.map(({ labels, value }) => [`${labels.op} ${labels.code_class}`, value]));
  };
  const input = { imageUrl: 'https://cdn.example.com/1.jpg', parameters: {} };
  return { registry, counts, submit: () => counted.submit(input, { signal: new AbortController().signal }) };
};

test.each<[string, SubmitAnswer]>([
  ['ok', { kind: 'accepted', taskId: 't', requestId: null, serverDate: null }],
  ['permanent', { kind: 'refused', failure: failure('permanent') }],
  ['throttled', { kind: 'refused', failure: failure('throttled') }],
  ['account', { kind: 'refused', failure: failure('account') }],
  // The code of a doubt may be of any class; nobody knows whether it was paid.
  ['in_doubt', { kind: 'in_doubt', failure: failure('transient'), requestId: null }],
])('a submit counts as %s, and its answer is passed on as it is', async (codeClass, answer) => {
  const { submit, counts } = scene(async () => answer);
  expect(await submit()).toBe(answer);
  expect(await counts()).toEqual({ [`submit ${codeClass}`]: 1 });
});

test('a submit that its caller stopped before the first byte counts as unsent, and still throws', async () => {
  const stopped = new Error('licence too old');
  const { submit, counts } = scene(() => Promise.reject(stopped));
  await expect(submit()).rejects.toBe(stopped);
  expect(await counts()).toEqual({ 'submit unsent': 1 });
});

test('every series is there from the start, so that the first error of a kind has a rate', async () => {
  const { registry } = scene(async () => ({ kind: 'refused', failure: failure('permanent') }));
  const metric = await registry.getSingleMetric('outpaint_upstream_requests_total')?.get();
  expect(metric?.values).toHaveLength(UPSTREAM_OPS.length * CODE_CLASSES.length);
});
