// How long a stretch of a batch's course is: a length that people count in, such that not too many are needed. Pure.

const STEPS_S = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1_200, 1_800, 3_600, 7_200, 14_400, 21_600, 43_200];
const DAY_S = 86_400;

/** In ms; whole days where a batch lasts longer than two months. */
export const courseStepOf = (spanMs: number, stretchesMax: number): number => {
  const atLeast = spanMs / 1_000 / stretchesMax;
  const step = STEPS_S.find((seconds) => seconds >= atLeast) ?? Math.ceil(atLeast / DAY_S) * DAY_S;
  return step * 1_000;
};
