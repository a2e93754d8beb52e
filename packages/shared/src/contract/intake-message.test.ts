import { expect, test } from 'vitest';
import { z } from 'zod';
import { intakeMessageSchema, withoutTrace } from './intake-message.ts';

const SPAN = '00f067aa0ba902b7';
const parentOf = (digit: string): string => `00-${digit.repeat(32)}-${SPAN}-01`;

test('the JSON Schema that services are given is the one in docs', async () => {
  const schema = z.toJSONSchema(intakeMessageSchema, { target: 'draft-2020-12' });
  await expect(`${JSON.stringify(schema, null, 2)}\n`).toMatchFileSnapshot(
    '../../../../docs/intake-message.schema.json',
  );
});

test('a trace is taken out of the message, also one that nobody can read', () => {
  expect(withoutTrace({ source: 's', traceparent: parentOf('a'), tracestate: 'k=v' })).toEqual({
    request: { source: 's' },
    trace: { traceId: 'a'.repeat(32), spanId: SPAN, flags: 1, state: 'k=v' },
  });
  for (const traceparent of [7, null, 'what', {}])
    expect(withoutTrace({ source: 's', traceparent })).toEqual({ request: { source: 's' }, trace: null });
});

test('without one the trace is what an instrumented client put beside the message', () => {
  const carrier = JSON.stringify({ traceparent: parentOf('b') });
  expect(withoutTrace({}, carrier).trace?.traceId).toBe('b'.repeat(32));
  expect(withoutTrace({ traceparent: parentOf('a') }, carrier).trace?.traceId).toBe('a'.repeat(32));
  for (const bad of ['{', 'null', '7', '{}', 'x'.repeat(5_000)]) expect(withoutTrace({}, bad).trace).toBeNull();
});

test('what is no object is left for the contract to refuse', () => {
  for (const data of [null, 'text', [1]]) expect(withoutTrace(data)).toEqual({ request: data, trace: null });
});
