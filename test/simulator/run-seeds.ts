// Runs one seed after the other and adds up what they saw.
import type { PlantedBug } from './planted/planted-bug.ts';
import { runSeed, type SeedResult } from './run-seed.ts';

export interface Tally {
  seeds: number;
  steps: number;
  kills: number;
  freezes: number;
  posts: number;
  rows: number;
  statuses: Record<string, number>;
  events: Record<string, number>;
  /** The first seed in which a promise did not hold. */
  broken: (SeedResult['broken'] & { seed: number }) | null;
}

/** Ends at the first broken promise, or after `seedsMax` seeds, or once `stepsMax` steps were taken. */
export const runSeeds = async (o: {
  readonly from: number;
  readonly seedsMax: number;
  readonly stepsMax?: number;
  /** Steps with faults of each seed. */
  readonly steps: number;
  readonly bug?: PlantedBug;
  readonly onSeed?: (tally: Tally) => void;
}): Promise<Tally> => {
  const tally: Tally = {
    seeds: 0,
    steps: 0,
    kills: 0,
    freezes: 0,
    posts: 0,
    rows: 0,
    statuses: {},
    events: {},
    broken: null,
  };
  for (let seed = o.from; seed < o.from + o.seedsMax && tally.broken === null; seed += 1) {
    if (tally.steps >= (o.stepsMax ?? Number.POSITIVE_INFINITY)) break;
    const result = await runSeed({ seed, steps: o.steps, ...(o.bug ? { bug: o.bug } : {}) });
    tally.seeds += 1;
    tally.steps += result.steps;
    tally.kills += result.kills;
    tally.freezes += result.freezes;
    tally.posts += result.posts;
    for (const [status, n] of Object.entries(result.statuses)) {
      tally.statuses[status] = (tally.statuses[status] ?? 0) + n;
      tally.rows += n;
    }
    for (const [event, n] of Object.entries(result.events)) tally.events[event] = (tally.events[event] ?? 0) + n;
    if (result.broken !== null) tally.broken = { ...result.broken, seed };
    o.onSeed?.(tally);
  }
  return tally;
};
