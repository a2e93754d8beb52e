// The API writes UTC+8 without saying so.
import { expect, test } from 'vitest';
import { fromChinaTime, toChinaStamp } from './china-time.ts';

test('a time with milliseconds is read as UTC+8', () => {
  expect(fromChinaTime('2025-01-25 18:37:06.123')).toBe(Date.parse('2025-01-25T10:37:06.123Z'));
});

test('a time without milliseconds is read, and one digit means tenths of a second', () => {
  expect(fromChinaTime('2025-01-25 18:37:06')).toBe(Date.parse('2025-01-25T10:37:06.000Z'));
  expect(fromChinaTime('2025-01-25 18:37:06.5')).toBe(Date.parse('2025-01-25T10:37:06.500Z'));
});

test('the early hours of a Chinese day belong to the day before in UTC', () => {
  expect(fromChinaTime('2024-03-01 00:00:00')).toBe(Date.parse('2024-02-29T16:00:00Z'));
});

test('dates that do not exist, zone markers and other text are not guessed at', () => {
  for (const written of [
    '2025-02-30 10:00:00',
    '2025-01-01 24:00:00',
    '2025-01-01 10:60:00',
    '2025-01-01T10:00:00Z',
    '0000-01-01 00:00:00',
    '1745000000000',
    '',
  ]) {
    expect(fromChinaTime(written), written).toBeNull();
  }
});

test('a stamp for the list call is the same moment on a Chinese clock', () => {
  expect(toChinaStamp(Date.parse('2024-02-29T16:00:01.999Z'))).toBe('20240301000001');
});
