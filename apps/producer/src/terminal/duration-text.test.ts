import { expect, it } from 'vitest';
import { durationText } from './duration-text.ts';

it.each([
  [0, '0 s'],
  [26.5, '27 s'],
  [89, '89 s'],
  [90, '2 min'],
  [3_599, '60 min'],
  [3_600, '1 h'],
  [4_530, '1 h 16 min'],
  [86_399, '24 h'],
  [86_400, '1 day'],
  [530_000, '6 days 3 h'],
])('%d seconds are %s', (seconds, text) => {
  expect(durationText(seconds)).toBe(text);
});
