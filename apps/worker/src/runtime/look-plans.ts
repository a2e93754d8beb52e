// When this worker looks at tasks: plans from what all workers have measured, made anew as more is known.
import { type LookPlan, type LookTerms, planLooks } from '@outpaint/shared/lifecycle/look-plan';
import { DURATION_KINDS, type DurationKind, kindOf } from '@outpaint/shared/lifecycle/task-duration';

export interface LookPlans {
  /** Null until a task of this kind has ended. */
  readonly of: (bestQuality: boolean) => LookPlan | null;
  /** How long the tasks that ended lately took, of both kinds; null until one has. */
  readonly meanMs: () => number | null;
  /** The shortest of them; null until one has ended. */
  readonly shortestMs: () => number | null;
  /** One of this worker's tasks has ended; Redis knows it already. */
  readonly learn: (learned: { readonly of: DurationKind; readonly ms: number }) => void;
  /** Takes what Redis has in place of what is known here. Never rejects: without Redis what is known stays. */
  readonly refresh: () => Promise<void>;
}

/** A plan is made anew once the durations have grown by this part: with few each one counts, with many it costs more. */
const GROWTH = 1 / 8;
const KEPT_MAX = 300;

export const createLookPlans = (o: {
  readonly read: (kind: DurationKind) => Promise<readonly number[]>;
  readonly terms: LookTerms;
}): LookPlans => {
  const known = new Map<DurationKind, { durations: readonly number[]; fresh: number; plan: LookPlan | null }>();
  const ofAllKinds = () => [...known.values()].flatMap(({ durations }) => durations);
  return {
    of: (bestQuality) => {
      const kind = known.get(kindOf(bestQuality));
      if (kind === undefined) return null;
      if (kind.fresh > 0 && kind.fresh >= kind.durations.length * GROWTH) {
        kind.plan = planLooks(kind.durations, o.terms);
        kind.fresh = 0;
      }
      return kind.plan;
    },
    meanMs: () => {
      const all = ofAllKinds();
      return all.length === 0 ? null : all.reduce((sum, ms) => sum + ms, 0) / all.length;
    },
    shortestMs: () => {
      const all = ofAllKinds();
      return all.length === 0 ? null : Math.min(...all);
    },
    learn: ({ of, ms }) => {
      const kind = known.get(of) ?? { durations: [], fresh: 0, plan: null };
      kind.durations = [...kind.durations, ms].slice(-KEPT_MAX);
      kind.fresh += 1;
      known.set(of, kind);
    },
    refresh: async () => {
      for (const of of DURATION_KINDS) {
        const durations = await o.read(of).catch(() => null);
        const had = known.get(of)?.durations ?? [];
        if (durations === null || (durations.length === had.length && durations.every((ms, i) => ms === had[i])))
          continue;
        known.set(of, { durations, fresh: durations.length, plan: null });
      }
    },
  };
};
