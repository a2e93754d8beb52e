// What is done to a run, and when: a list that follows from the seed alone.
import { seededChance } from '@outpaint/sandbox/picture/seeded-chance';
import type { ChaosCounts } from './soak-options.ts';

export const CHAOS_KINDS = {
  kills: 'kill',
  freezes: 'freeze',
  redisKills: 'redis_kill',
  redisPauses: 'redis_pause',
  redisRestores: 'redis_restore',
  storeAways: 'store_away',
  bursts: 'burst',
  arrears: 'arrears',
} as const satisfies Record<keyof ChaosCounts, string>;

export type ChaosKind = (typeof CHAOS_KINDS)[keyof ChaosCounts];

export interface ChaosEvent {
  readonly kind: ChaosKind;
  /** The part of the rows that has ended when it happens, 0 to 1. */
  readonly at: number;
  /** Decides what the event leaves open: which worker, how long; 0 to 1. */
  readonly choice: number;
}

/** Nothing happens before the first rows are on their way, and the last ones end in peace. */
const FIRST = 0.03;
const LAST = 0.93;

/** In order of time. The events of one kind are spread evenly, each at a moment of its own in its share of the run. */
export const planChaos = (seed: string, counts: ChaosCounts): ChaosEvent[] =>
  Object.entries(CHAOS_KINDS)
    .flatMap(([name, kind]) => {
      const times = counts[name as keyof ChaosCounts];
      return Array.from({ length: times }, (_, i): ChaosEvent => {
        const within = (i + seededChance(seed, kind, 'at', i)) / times;
        return { kind, at: FIRST + within * (LAST - FIRST), choice: seededChance(seed, kind, 'choice', i) };
      });
    })
    .sort((a, b) => a.at - b.at);
