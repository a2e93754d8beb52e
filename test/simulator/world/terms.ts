// The settings of a simulated installation: small enough that every limit is met within a few rows.
import type { FeedTerms } from '@outpaint/shared/batch/batch-store';
import type { Policy } from '@outpaint/shared/lifecycle/policy';
import { policyForTests } from '@outpaint/shared/lifecycle/record-fixture.test-support';
import type { LicenceTerms } from '@outpaint/shared/record/record-store';

export const PRICE_MICRO = 180_000;

export const POLICY: Policy = {
  ...policyForTests,
  taskDeadlineMs: 300_000,
  taskLifeMs: 600_000,
  // Longer than any POST is on its way here.
  doubtSettleMs: 60_000,
  doubtLateMs: 20_000,
  slots: 3,
  throttleRecoveryMs: 60_000,
};

const ROOM = { slots: 3, undeliveredMax: 3, undeliveredAgeMsMax: 240_000 };

export const FEED_TERMS: FeedTerms = { ...ROOM, watchMs: 5_000 + POLICY.rescueMarginMs, rowsMax: 4 };

export const LICENCE_TERMS: LicenceTerms = {
  ...ROOM,
  submitGapMs: 500,
  priceMicro: PRICE_MICRO,
  keyName: 'key-of-the-run',
  watchMs: POLICY.requestTimeoutMs + POLICY.rescueMarginMs,
  lineProbeMsMax: 120_000,
  thresholdSampleMin: 4,
  restMs: 0,
};

export const TIMES = {
  feedEveryMs: 4_000,
  sweepEveryMs: 9_000,
  reconcileEveryMs: 7_000,
  /** BullMQ's lock on a token; a worker that stands still for longer loses it. */
  lockMs: 45_000,
  shutdownMs: 20_000,
  startAt: 1_800_000_000_000,
} as const;
