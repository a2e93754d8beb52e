// A batch for unit tests: nothing has happened to it but what the test says.
import type { Batch, BatchCounts } from '@outpaint/shared/batch/batch';
import type { LineState } from '@outpaint/shared/batch/batch-store';
import type { BatchName } from '@outpaint/shared/contract/ids';
import { STATUSES } from '@outpaint/shared/lifecycle/status';
import { NO_THROTTLE } from '@outpaint/shared/record/throttle';

type Changes = Partial<Omit<Batch, 'counts'>> & { readonly counts?: Partial<BatchCounts> };

export const batchLike = ({ counts = {}, ...more }: Changes = {}): Batch => {
  const all = Object.fromEntries(STATUSES.map((status) => [status, counts[status] ?? 0])) as unknown as BatchCounts;
  return {
    name: 'spring' as BatchName,
    state: 'sealed',
    run: 'running',
    pausedBy: null,
    rows: Object.values(all).reduce((sum, n) => sum + n, 0),
    counts: all,
    held: 0,
    reservedMicro: 0,
    spentMicro: 0,
    budgetMicro: null,
    failuresMax: null,
    failuresPercent: null,
    currency: 'CNY',
    createdAt: 1_800_000_000_000,
    sealedAt: null,
    finishedAt: null,
    reportedAt: null,
    expired: 0,
    ...more,
  };
};

export const lineLike = (more: Partial<LineState> = {}): LineState => ({
  state: 'running',
  code: null,
  message: null,
  since: null,
  probeAt: null,
  slotsInUse: 0,
  fed: 0,
  undelivered: 0,
  doubts: 0,
  reconciling: { held: 0, suspects: 0, strangers: 0, at: null, failed: null },
  retriesWaiting: 0,
  wentBack: null,
  expiring: 0,
  throttle: NO_THROTTLE,
  ...more,
});
