// Where a dead-lettered expansion starts again: at the stage that it reached, so that nothing is paid twice. Pure.
import { toRedriven } from './moves/ending-moves.ts';
import type { Policy } from './policy.ts';
import type { ExpansionRecord } from './record.ts';
import { deliverPriority } from './result-ends.ts';
import type { Settlement } from './settlement.ts';

/** Deaths after which the task is no longer of any use: only a new, paid submit helps. */
const NEEDS_NEW_TASK: readonly string[] = ['result_expired'];

export type Redrive =
  | { readonly kind: 'redrive'; readonly settlement: Settlement; readonly paysAgain: boolean; readonly from: string }
  /** Would pay a second time and nobody said that it may. */
  | { readonly kind: 'needs_pay_again'; readonly reason: string };

/**
 * Decides where the row goes. `payAgain` lets a row whose paid task is lost be submitted anew;
 * for every other row it changes nothing, so it is safe on a mixed selection.
 */
export const redriveOf = (record: ExpansionRecord, payAgain: boolean, policy: Policy): Redrive => {
  const at = (target: 'accepted' | 'submitted' | 'generated', paysAgain: boolean): Redrive => ({
    kind: 'redrive',
    paysAgain,
    from: target,
    settlement: {
      transition: toRedriven(record, target, policy.rescueMarginMs + policy.deliverDeadlineMs),
      next:
        target === 'accepted'
          ? { kind: 'done' }
          : target === 'submitted'
            ? { kind: 'token', stage: 'poll', delayMs: 0 }
            : { kind: 'token', stage: 'deliver', delayMs: 0, priority: deliverPriority(record.resultExpiresAt) },
    },
  });
  if (record.billed === 'yes') {
    if (record.deadCode !== null && NEEDS_NEW_TASK.includes(record.deadCode)) {
      if (payAgain) return at('accepted', true);
      return {
        kind: 'needs_pay_again',
        reason: 'the finished picture was paid for and is gone upstream; only a second payment brings it back',
      };
    }
    return at('generated', false);
  }
  if (record.billed === 'maybe') {
    if (payAgain) return at('accepted', true);
    if (record.taskId !== null) return at('submitted', false);
    return {
      kind: 'needs_pay_again',
      reason: 'its submit was given up in doubt: a task that nobody can name may have been paid for',
    };
  }
  return at('accepted', false);
};
