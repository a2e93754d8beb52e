// What the sweeper does with a record that should have moved by now. Pure.
import type { Failure } from './failure.ts';
import { toDeadLettered, toRescued, toWatched } from './moves/ending-moves.ts';
import { toDoubt, toSlotFreed } from './moves/submit-moves.ts';
import { doubtSlotMs, type Policy } from './policy.ts';
import type { ExpansionRecord } from './record.ts';
import { deliverPriority } from './result-ends.ts';
import type { Settlement } from './settlement.ts';
import { stageOf } from './stage.ts';

/** After so many rescues without progress a record is dead-lettered as `stuck`. */
export const RESCUES_MAX = 5;

const workerLost: Failure = {
  code: 'worker_lost',
  class: 'in_doubt',
  message: 'The worker that held the licence to pay did not report in time; its POST may or may not have been taken.',
};

const stuck = (record: ExpansionRecord): Failure => ({
  code: 'stuck',
  class: 'permanent',
  message: `Rescued ${record.rescues} times at ${record.status} without any progress.`,
});

/** Where the record's token is: still waiting for a worker, or taken by one, or nowhere. */
export type TokenPlace = 'waiting' | 'taken_or_gone';

/** Null where nothing is owed: the record has ended, or its status needs no token. */
export const rescueOf = (record: ExpansionRecord, token: TokenPlace, policy: Policy): Settlement | null => {
  if (record.status === 'submitting') {
    if (record.licence === null) return null;
    return {
      transition: { ...toDoubt(record.licence, workerLost, doubtSlotMs(policy)), overdue: true },
      next: { kind: 'done' },
    };
  }
  if (record.status === 'in_doubt') return { transition: toSlotFreed(record), next: { kind: 'done' } };
  if (record.status === 'dead_lettered') {
    return record.letterWritten ? null : { transition: null, next: { kind: 'letter' } };
  }
  const stage = stageOf(record.status);
  if (stage === null) return null;
  const margin = policy.rescueMarginMs + (stage === 'deliver' ? policy.deliverDeadlineMs : 0);
  // No worker of this stage runs, or none keeps up: waiting is no fault of the row, and must not add up to `stuck`.
  if (token === 'waiting') return { transition: toWatched(record, margin), next: { kind: 'done' } };
  if (record.rescues >= RESCUES_MAX) {
    // A task that upstream may have finished is perhaps billed: say so, a redrive then looks again before it pays.
    const billed = stage === 'poll' ? ({ billed: 'maybe' } as const) : {};
    return {
      transition: { ...toDeadLettered(record, stage, stuck(record), { ...billed, watchMs: margin }), overdue: true },
      next: { kind: 'letter' },
    };
  }
  const urgency = stage === 'deliver' ? { priority: deliverPriority(record.resultExpiresAt) } : {};
  return { transition: toRescued(record, margin), next: { kind: 'token', stage, delayMs: 0, ...urgency } };
};
