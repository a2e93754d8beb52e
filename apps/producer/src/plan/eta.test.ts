import { expect, it } from 'vitest';
import { etaOf } from './eta.ts';

const TERMS = { slots: 5, submitsPerSecond: 2 };
const NOTHING = { ordinary: [], best: [] };

it('expects a hundred thousand pictures on five slots to take about six days, and twice that at the slow end', () => {
  const eta = etaOf({ ordinary: 100_000, best: 0 }, TERMS, NOTHING);
  expect(eta.secondsMin / 86_400).toBeCloseTo(6.13, 2);
  expect(eta.secondsMax / 86_400).toBeCloseTo(12.27, 2);
});

it('lets the submit rate decide where there are more slots than it can fill', () => {
  expect(etaOf({ ordinary: 1_000, best: 0 }, { slots: 1_000, submitsPerSecond: 2 }, NOTHING).secondsMin).toBe(500);
});

it('never expects less than one picture takes', () => {
  expect(etaOf({ ordinary: 1, best: 0 }, TERMS, NOTHING).secondsMin).toBe(27);
  expect(etaOf({ ordinary: 0, best: 0 }, TERMS, NOTHING).secondsMin).toBe(0);
});

it('rests on measured tasks where there are enough of them, each kind on its own', () => {
  const ordinary = [8_000, 9_000, 10_000, 11_000, 30_000];
  const best = [40_000, 40_000, 40_000, 40_000, 40_000];
  expect(etaOf({ ordinary: 500, best: 0 }, TERMS, { ordinary, best: [] })).toEqual({
    secondsMin: 900,
    secondsMax: 1_100,
    secondsPerPicture: 10,
    slots: 5,
    measured: 5,
  });
  expect(etaOf({ ordinary: 250, best: 250 }, TERMS, { ordinary, best })).toMatchObject({
    secondsMin: 2_450,
    secondsMax: 2_550,
    measured: 10,
  });
  expect(etaOf({ ordinary: 500, best: 0 }, TERMS, { ordinary: ordinary.slice(1), best: [] }).measured).toBe(0);
});

it('takes best quality for twice as long where nobody has measured it', () => {
  const { secondsMin } = etaOf({ ordinary: 0, best: 500 }, TERMS, NOTHING);
  expect(secondsMin).toBe(2 * etaOf({ ordinary: 500, best: 0 }, TERMS, NOTHING).secondsMin);
});
