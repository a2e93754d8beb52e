import { expect, it } from 'vitest';
import { etaOf } from './eta.ts';

it('expects a hundred thousand pictures on five slots to take about six days, and twice that at the slow end', () => {
  const eta = etaOf(100_000, { slots: 5, submitsPerSecond: 2 });
  expect(eta.secondsMin / 86_400).toBeCloseTo(6.13, 2);
  expect(eta.secondsMax / 86_400).toBeCloseTo(12.27, 2);
});

it('lets the submit rate decide where there are more slots than it can fill', () => {
  expect(etaOf(1_000, { slots: 1_000, submitsPerSecond: 2 }).secondsMin).toBe(500);
});

it('never expects less than one picture takes', () => {
  expect(etaOf(1, { slots: 5, submitsPerSecond: 2 }).secondsMin).toBe(27);
  expect(etaOf(0, { slots: 5, submitsPerSecond: 2 }).secondsMin).toBe(0);
});
