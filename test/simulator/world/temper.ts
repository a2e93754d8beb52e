// How hostile one run is: drawn from its seed, so that some runs see one kind of fault alone and some see all.
import type { Chance } from '../chance.ts';

/** Probabilities: of each call, or of each step. All faults end together. */
export interface Temper {
  lost: number;
  resent: number;
  submitFault: number;
  queryFault: number;
  taskFault: number;
  storeFault: number;
  kill: number;
  freeze: number;
  /** At the moment when an answer is on its way to it, a worker dies, or stands still. */
  dieWaiting: number;
  stallWaiting: number;
  ghost: number;
  outage: number;
  person: number;
  arrears: number;
  /** Somebody else with the same account submits. */
  neighbour: number;
}

export const temperOf = (chance: Chance): Temper => {
  /** A quarter of the runs know nothing of a fault, and some know hardly anything else. */
  const some = (most: number): number => {
    const kind = chance.next();
    if (kind < 0.25) return 0;
    return Math.min(0.9, (kind < 0.8 ? most : 3 * most) * chance.next());
  };
  return {
    lost: some(0.03),
    resent: some(0.06),
    submitFault: some(0.5),
    queryFault: some(0.2),
    taskFault: some(0.5),
    storeFault: some(0.2),
    kill: some(0.004),
    freeze: some(0.006),
    dieWaiting: some(0.01),
    stallWaiting: some(0.06),
    ghost: some(0.02),
    outage: some(0.001),
    person: some(0.01),
    arrears: some(0.0015),
    neighbour: some(0.01),
  };
};

/** From here on nothing goes wrong any more; what went wrong before stays so. */
export const calm = (temper: Temper): void => {
  for (const name of Object.keys(temper)) temper[name as keyof Temper] = 0;
};
