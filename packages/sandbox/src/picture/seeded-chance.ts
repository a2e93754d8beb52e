// One number from a seed and names: the same on every run, whatever else happened before.
import { createHash } from 'node:crypto';

/**
 * Evenly spread in [0, 1). It depends on its arguments only, not on the order of calls, so two runs with
 * differently timed requests still decide alike.
 */
export function seededChance(...names: readonly (string | number)[]): number {
  const digest = createHash('sha1').update(names.join('\u0000')).digest();
  return digest.readUIntBE(0, 6) / 2 ** 48;
}
