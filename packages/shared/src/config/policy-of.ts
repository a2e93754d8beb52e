// The policy of transitions, from the settings that name its parts.
import type { Policy } from '../lifecycle/policy.ts';
import type { Settings } from './settings.ts';

/** The time that sending a result to the store may take on top of fetching it. */
const deliverDeadlineMs = (settings: Settings<'delivery' | 'store'>): number =>
  settings.delivery.resultDeadlineMs + 2 * settings.store.s3RequestTimeoutMs;

export const policyOf = (
  settings: Settings<'upstream' | 'poll' | 'retry' | 'delivery' | 'store' | 'line' | 'worker'>,
): Policy => ({
  transientAttemptsMax: settings.retry.transientAttemptsMax,
  sourceAttemptsMax: settings.retry.sourceAttemptsMax,
  retryDelayMsMin: settings.retry.retryDelayMsMin,
  retryDelayMsMax: settings.retry.retryDelayMsMax,
  poll: {
    delayMsMin: settings.poll.pollDelayMsMin,
    delayMsMax: settings.poll.pollDelayMsMax,
    factor: settings.poll.pollDelayFactor,
  },
  taskDeadlineMs: settings.poll.taskDeadlineMs,
  taskLifeMs: settings.poll.taskLifeMs,
  rescueMarginMs: settings.worker.rescueMarginMs,
  requestTimeoutMs: settings.upstream.upstreamRequestTimeoutMs,
  doubtSettleMs: settings.upstream.doubtSettleMs,
  // Longer than the settle delay would mean that a submit counts as not made while its task may still be made.
  doubtLateMs: Math.min(settings.upstream.doubtLateMs, settings.upstream.doubtSettleMs),
  keyDedicated: settings.upstream.dashscopeKeyDedicated,
  deliverDeadlineMs: deliverDeadlineMs(settings),
  submitRatePerSecond: settings.upstream.submitRatePerSecond,
  slots: settings.upstream.upstreamSlots + settings.upstream.upstreamOverhang,
  throttleRecoveryMs: settings.upstream.throttleRecoveryMs,
  lineProbeMsMin: settings.line.lineProbeMsMin,
});
