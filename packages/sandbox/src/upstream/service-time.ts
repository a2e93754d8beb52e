// How long one task is at work: lognormal or memoryless, and the same for the same seed, source and turn.
import { seededChance } from '../picture/seeded-chance.ts';
import type { SandboxOptions } from './sandbox-options.ts';

/** The documentation says of best_quality only that the time "multiplies"; three is a guess. */
const BEST_QUALITY_FACTOR = 3;

/** Milliseconds; `nth` counts the tasks of this source, so that a second try takes another time than the first. */
export function serviceTime(options: SandboxOptions, source: string, nth: number, bestQuality: boolean): number {
  const { seed, serviceMsMedian, serviceSigma } = options;
  if (options.serviceShape === 'memoryless') {
    const left = 1 - seededChance(seed, 'service-a', source, nth);
    return (-Math.log(left) / Math.LN2) * serviceMsMedian * (bestQuality ? BEST_QUALITY_FACTOR : 1);
  }
  // Box and Muller: two even chances make one normal one. The first must not be 0.
  const even = 1 - seededChance(seed, 'service-a', source, nth);
  const turn = seededChance(seed, 'service-b', source, nth);
  const normal = Math.sqrt(-2 * Math.log(even)) * Math.cos(2 * Math.PI * turn);
  return serviceMsMedian * Math.exp(serviceSigma * normal) * (bestQuality ? BEST_QUALITY_FACTOR : 1);
}
