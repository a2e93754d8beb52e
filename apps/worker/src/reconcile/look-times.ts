// When a doubt is looked at again: one that is held needs new evidence, which is rare, and each look costs queries.
import type { ExpansionRecord } from '@outpaint/shared/lifecycle/record';
import type { Moved } from '@outpaint/shared/reconcile/move-doubt';

/** A held doubt is looked at four times in each settle delay. */
const LOOKS = 4;

export const createLookTimes = (o: {
  readonly settleMs: number;
  readonly everyMs: number;
  /** Monotonic ms. */
  readonly now: () => number;
}): { isDue(record: Pick<ExpansionRecord, 'id' | 'holdReason'>): boolean; looked(id: string, moved: Moved): void } => {
  const next = new Map<string, number>();
  return {
    isDue: ({ id, holdReason }) => holdReason === null || (next.get(id) ?? 0) <= o.now(),
    looked: (id, moved) => {
      if (moved === 'held' || moved === 'still_held') next.set(id, o.now() + Math.max(o.everyMs, o.settleMs / LOOKS));
      else next.delete(id);
    },
  };
};
