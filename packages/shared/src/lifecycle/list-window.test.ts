// How much of the list has to be read, by tasks' ages and the difference of two clocks.
import { describe, expect, it } from 'vitest';
import { rowAtWork as row } from './in-flight.test-support.ts';
import { listWindowOf, submitGapOf, youngMs } from './list-window.ts';

const DAY_MS = 86_400_000;

describe('the part of the list that is read', () => {
  it.each([
    ['the least gap between looks, before anything is learned', null, 3_000],
    ['that gap, where tasks are shorter', 2_000, 3_000],
    ['nine tenths of the shortest task', 20_000, 18_000],
  ])('leaves out tasks younger than %s', (_, shortestMs, expected) => {
    expect(youngMs(shortestMs, 3_000)).toBe(expected);
  });

  it('is everything until it is known how upstream dates our tasks', () => {
    expect(listWindowOf([row('a', 1_000)], null)).toBeNull();
    expect(submitGapOf([row('a', 1_000)], new Map([['of another key', 5_000]]))).toBeNull();
    expect(submitGapOf([row('a', 1_000)], new Map([['a', null]]))).toBeNull();
  });

  it("holds each row's task by a clock that runs an hour ahead, whatever the answers' way", () => {
    const hour = 3_600_000;
    const rows = [row('a', 10_000), row('b', 50_000), row('c', 30_000)];
    const createdAt = new Map([
      ['a', 10_000 + hour - 900],
      ['b', 50_000 + hour - 100],
    ]);
    const gap = submitGapOf(rows, createdAt);
    expect(gap).toEqual({ least: hour - 900, most: hour - 100 });
    expect(listWindowOf(rows, gap)).toEqual({ startTime: 10_000 + hour - 2_900, endTime: 50_000 + hour + 1_900 });
  });

  it('is never longer than the API allows, and then holds the younger ones', () => {
    const window = listWindowOf([row('a', 0), row('b', 2 * DAY_MS)], { least: 0, most: 0 });
    expect(window).toEqual({ startTime: DAY_MS + 2_000, endTime: 2 * DAY_MS + 2_000 });
  });
});
