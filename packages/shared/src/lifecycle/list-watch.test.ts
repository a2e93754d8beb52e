// Whether one list is cheaper than many looks, and what it says of the rows.
import { describe, expect, it } from 'vitest';
import { rowAtWork as row } from './in-flight.test-support.ts';
import { createListTrust, endedAmong, isListCheaper, listTickMs } from './list-watch.ts';

describe('the list of tasks', () => {
  it.each([
    [2, 5, false],
    [2, 12, true],
    [3, 200, true],
    [40, 50, false],
  ])('with %i pages and %i tasks of 26.5 s at work is cheaper: %s', (pages, inFlight, cheaper) => {
    const meanMs = 26_500;
    const tickMs = listTickMs(meanMs, { min: 1_000, max: 15_000 });
    expect(isListCheaper({ inFlight, meanMs, pages, tickMs })).toBe(cheaper);
  });

  it('is read sixteen times while a usual task is at work, within bounds', () => {
    expect([10, 26_500, 30_000, 3_600_000].map((mean) => listTickMs(mean, { min: 1_000, max: 15_000 }))).toEqual([
      1_000, 1_657, 1_875, 15_000,
    ]);
  });

  it('tells that a task has ended which it does not show at work', () => {
    const rows = [row('at-work', 0), row('ended', 0)];
    expect(endedAmong(rows, new Set(['at-work'])).map(({ taskId }) => taskId)).toEqual(['ended']);
  });

  it('is believed while it is seldom wrong, and no more once that is the rule', () => {
    const seldom = createListTrust();
    for (let i = 0; i < 200; i += 1) seldom.judged(i % 3 === 0);
    expect(seldom.isLost()).toBe(false);
    const mostly = createListTrust();
    for (let i = 0; i < 9; i += 1) mostly.judged(true);
    expect(mostly.isLost()).toBe(false);
    mostly.judged(true);
    expect(mostly.isLost()).toBe(true);
  });
});
