import { expect, it } from 'vitest';
import { createWorkRate } from './work-rate.ts';

it('says nothing before it has watched for ten seconds', () => {
  const rate = createWorkRate();
  rate.see(0, 100);
  rate.see(9_500, 103);
  expect(rate.perMinute()).toBeNull();
  rate.see(10_500, 107);
  expect(rate.perMinute()).toBe(40);
});

it('counts only what ended in the last five minutes', () => {
  const rate = createWorkRate();
  for (let second = 0; second <= 600; second += 1)
    rate.see(second * 1_000, second < 300 ? second * 100 : 30_000 + second);
  expect(rate.perMinute()).toBe(60);
});

it('starts anew when a redrive takes rows back', () => {
  const rate = createWorkRate();
  rate.see(0, 100);
  rate.see(20_000, 200);
  rate.see(21_000, 50);
  expect(rate.perMinute()).toBeNull();
});
