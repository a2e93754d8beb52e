import { describe, expect, it } from 'vitest';
import { lookDelayMs } from './look-delay.ts';
import { planLooks, plannedGapMs } from './look-plan.ts';
import { recordWith } from './record-fixture.test-support.ts';
import { learnedOf } from './task-duration.ts';

const documented = { delayMsMin: 3_000, delayMsMax: 15_000, factor: 1.5 };
const free = { queriesPerSecond: 1_000 };

/** Numbers that look random and are the same in every run (a linear congruential generator). */
const seeded = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
};
const lognormal = (random: () => number, median: number, sigma: number): number =>
  median * Math.exp(sigma * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()));

/** Looks and mean lateness, in ms, of tasks that take `next()`. */
const played = (durations: readonly number[], next: () => number, random: () => number, terms = free) => {
  const plan = planLooks(durations, terms);
  const tasks = 2_000;
  let looks = 0;
  let late = 0;
  for (let i = 0; i < tasks; i += 1) {
    const took = next();
    let ageMs = 0;
    for (let n = 0; ageMs < took; n += 1) {
      ageMs += lookDelayMs({ looks: n, ageMs }, plan, documented, random);
      looks += 1;
    }
    late += ageMs - took;
  }
  return { looks: looks / tasks, lateMs: late / tasks };
};

describe('looks by what was learned', () => {
  const random = seeded(7);
  const narrow = () => lognormal(random, 25_000, 0.25);
  const many = Array.from({ length: 200 }, narrow);

  it('see the end of tasks of a usual duration in a third of the time, with no more looks than the backoff', () => {
    const learned = played(many, narrow, random);
    const backoff = played([], narrow, random);
    expect(learned.lateMs).toBeLessThan(backoff.lateMs / 3);
    expect(learned.looks).toBeLessThan(backoff.looks + 0.5);
  });

  it('help from the first task on', () => {
    expect(played([25_000], narrow, random).lateMs).toBeLessThan(played([], narrow, random).lateMs / 2);
  });

  it('stay bounded for durations that nobody has seen yet', () => {
    const slow = played(many, () => 300_000, random);
    expect(slow.looks).toBeLessThan(300_000 / documented.delayMsMin);
    expect(slow.lateMs).toBeLessThan(documented.delayMsMax);
    const quick = played(many, () => 1_000, random);
    expect(quick.lateMs).toBeLessThan(1.1 * documented.delayMsMax);
  });

  it('follow two kinds of tasks at once', () => {
    const two = () => lognormal(random, random() < 0.5 ? 20_000 : 60_000, 0.1);
    const mixed = played(Array.from({ length: 200 }, two), two, random);
    expect(mixed.lateMs).toBeLessThan(played([], two, random).lateMs / 2);
    expect(mixed.looks).toBeLessThan(7);
  });

  it('relax in the tail', () => {
    const plan = planLooks(many, free);
    if (plan === null) throw new Error('200 durations make a plan');
    expect(plannedGapMs(plan, 25_000)).toBeLessThan(plannedGapMs(plan, 60_000));
    expect(plannedGapMs(plan, 10_000_000)).toBe(Number.POSITIVE_INFINITY);
  });

  it('are fewer where the account has few queries for each task', () => {
    const thin = played(many, narrow, random, { queriesPerSecond: 3 / 25 });
    expect(thin.looks).toBeLessThan(played(many, narrow, random).looks - 0.5);
  });

  it('never come without a gap, whatever was measured', () => {
    const strange = [0, -5, Number.NaN, Number.POSITIVE_INFINITY, 1, 1e12, 25_000];
    for (const durations of [strange, [1], [1e12], [Number.NaN], Array.from({ length: 250 }, () => 20_000)]) {
      const plan = planLooks(durations, free);
      for (const ageMs of [-1, 0, 1, 19_999, 20_000, 1e6, 1e13, Number.NaN]) {
        const delay = lookDelayMs({ looks: 3, ageMs }, plan, documented, random);
        expect(delay).toBeGreaterThanOrEqual(0.9 * documented.delayMsMin);
        expect(delay).toBeLessThanOrEqual(1.1 * documented.delayMsMax);
      }
    }
  });

  it('are the documented backoff while nothing is learned', () => {
    const gaps = [0, 1, 2, 3, 4].map((looks) => lookDelayMs({ looks, ageMs: 0 }, null, documented, () => 0.5));
    expect(gaps).toEqual([3_000, 4_500, 6_750, 10_125, 15_000]);
  });
});

describe('a duration that is learned', () => {
  const record = recordWith({ status: 'submitted', submittedAt: 1_000, lookedAt: 21_000 });

  it("is upstream's own, from submit to end", () => {
    expect(learnedOf(record, 22_500, 31_000)).toEqual({ of: 'ordinary', ms: 22_500 });
  });

  it('is the middle between the last two looks where upstream gives no times, or ones that cannot be', () => {
    expect(learnedOf(record, null, 31_000)?.ms).toBe(25_000);
    expect(learnedOf(record, 36_000_000, 31_000)?.ms).toBe(25_000);
    expect(learnedOf(record, -5, 31_000)?.ms).toBe(25_000);
  });

  it('is half of the age where the first look found the end, so that the next first look comes earlier', () => {
    expect(learnedOf({ ...record, lookedAt: null }, null, 31_000)?.ms).toBe(15_000);
  });

  it('is kept apart for best quality, which takes a multiple', () => {
    const parameters = { ...record.request.parameters, best_quality: true };
    expect(learnedOf({ ...record, request: { ...record.request, parameters } }, 80_000, 91_000)?.of).toBe('best');
  });
});
