// A wait that the API asks for is believed within bounds.
import { expect, test } from 'vitest';
import { RETRY_AFTER_MS_MAX, retryAfterMsOf } from './retry-after.ts';

const now = Date.parse('2026-01-01T00:00:00Z');
const read = (value: string) => retryAfterMsOf({ 'retry-after': value }, now);

test('seconds and dates are believed up to ten minutes', () => {
  expect(read('3')).toBe(3000);
  expect(read('0')).toBe(0);
  expect(read('600')).toBe(RETRY_AFTER_MS_MAX);
  expect(read('Thu, 01 Jan 2026 00:00:30 GMT')).toBe(30_000);
});

test('a date that has passed means now', () => {
  expect(read('Wed, 31 Dec 2025 23:59:00 GMT')).toBe(0);
});

test('a wish beyond ten minutes, a negative one and other text are ignored', () => {
  for (const value of ['601', '86400', '-1', 'soon', '', 'Thu, 01 Jan 2026 01:00:00 GMT', 'nonsense GMT']) {
    expect(read(value), value).toBeNull();
  }
  expect(retryAfterMsOf({}, now)).toBeNull();
});
