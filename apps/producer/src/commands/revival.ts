// Whether a paused batch goes on because somebody runs it again. Pure: money is spent only on a word about money.
import type { Batch } from '@outpaint/shared/batch/batch';
import type { MoneyMicro } from '@outpaint/shared/contract/money';
import { isThresholdReached } from './threshold.ts';

/** What this very call named: an old budget or limit is no new permission. */
export interface GivenLimits {
  readonly budget: boolean;
  readonly failures: boolean;
}

export type Revival = 'runs' | 'resume' | 'ask' | 'stays';

/** `batch` as it is after the new limits were written to it. Who paused it by hand had a reason: that is asked, never assumed. */
export const revivalOf = (batch: Batch, given: GivenLimits, price: MoneyMicro): Revival => {
  if (batch.run !== 'paused') return 'runs';
  switch (batch.pausedBy) {
    case 'budget':
      return given.budget && batch.spentMicro + batch.reservedMicro + price <= (batch.budgetMicro ?? 0)
        ? 'resume'
        : 'stays';
    case 'threshold':
      return given.failures && !isThresholdReached(batch) ? 'resume' : 'stays';
    case 'person':
      return 'ask';
    default:
      return 'stays';
  }
};
