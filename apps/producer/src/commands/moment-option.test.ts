import { expect, test } from 'vitest';
import { durationOption, momentAgo, momentAhead, momentOption, rateOption } from './moment-option.ts';

const NOW = Date.parse('2026-11-24T12:00:00Z');

test.each([
  ['90s', 90_000],
  ['30min', 1_800_000],
  ['3m', 180_000],
  ['36h', 129_600_000],
  ['30d', 2_592_000_000],
  ['2w', 1_209_600_000],
])('%s is a length of time', (text, ms) => expect(durationOption(text)).toBe(ms));

test.each(['', '0d', '30', '30 d', '-3d', '1.5h', '3mo', '9999999s'])('%j is none', (text) =>
  expect(() => durationOption(text)).toThrow('such as 90s'),
);

test.each([
  ['2026-11-01', '2026-11-01T00:00:00Z'],
  ['2026-11-01T22:00+08:00', '2026-11-01T14:00:00Z'],
  ['2026-11-01T22:00:30Z', '2026-11-01T22:00:30Z'],
])('%s is a time', (text, at) => expect(momentAgo(momentOption(text), NOW)).toBe(Date.parse(at)));

test('a length of time is before or after now', () => {
  expect(momentAgo(momentOption('12h'), NOW)).toBe(Date.parse('2026-11-24T00:00:00Z'));
  expect(momentAhead(momentOption('12h'), NOW)).toBe(Date.parse('2026-11-25T00:00:00Z'));
});

test.each(['2026-13-01', '2026-11-01T22:00', '24.11.2026', 'yesterday', ''])('%j is no time', (text) =>
  expect(() => momentOption(text)).toThrow('with its zone'),
);

test.each([
  ['50/s', 50],
  ['600/min', 10],
  ['1800/h', 0.5],
])('%s is %d rows a second', (text, perSecond) => expect(rateOption(text)).toBe(perSecond));

test.each(['50', '0/s', '50/d', '50 / s', '/s'])('%j is no rate', (text) =>
  expect(() => rateOption(text)).toThrow('such as 50/s'),
);
