import { expect, it } from 'vitest';
import { courseStepOf } from './course-step.ts';

it('takes a length that people count in, and never more stretches than may be', () => {
  expect(courseStepOf(1_000, 120)).toBe(1_000);
  expect(courseStepOf(120_000, 120)).toBe(1_000);
  expect(courseStepOf(121_000, 120)).toBe(2_000);
  expect(courseStepOf(8 * 3_600_000, 120)).toBe(300_000);
  expect(courseStepOf(400 * 86_400_000, 120)).toBe(4 * 86_400_000);
  for (let span = 1; span < 1e11; span *= 3) expect(span / courseStepOf(span, 120)).toBeLessThanOrEqual(120);
});
