import { expect, it } from 'vitest';
import type { Failure } from './failure.ts';
import { policyForTests as policy } from './record-fixture.test-support.ts';
import { throttleOf } from './throttle-kind.ts';

const failure = (code: string, more: Partial<Failure> = {}): Failure => ({
  code,
  class: 'throttled',
  message: '',
  httpStatus: 429,
  ...more,
});

it.each([
  ['Throttling.RateQuota', 'rate'],
  ['upstream_not_json', 'rate'],
  ['Throttling.Concurrency', 'slots'],
  ['Throttling.ServiceOverloaded', 'both'],
] as const)('%s cuts the %s', (code, by) => {
  expect(throttleOf(failure(code), policy)).toMatchObject({ by, rate_full: 2, slots_full: 7, climb_ms: 600_000 });
});

it('what our own side held back, or what is no throttle, cuts nothing', () => {
  expect(throttleOf(failure('licence_too_old', { httpStatus: null }), policy)).toBeUndefined();
  expect(throttleOf(failure('InternalError', { class: 'transient', httpStatus: 500 }), policy)).toBeUndefined();
});
