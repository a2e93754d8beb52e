// What a throttle says was too much: how fast we ask, how many tasks we have, or both. Pure.
import type { Failure } from './failure.ts';
import type { Policy } from './policy.ts';
import type { Transition } from './transition.ts';

const KINDS: Readonly<Record<string, 'slots' | 'both'>> = {
  'Throttling.Concurrency': 'slots',
  // The service has too much to do, of ours or of others': both ways of asking less of it help.
  'Throttling.ServiceOverloaded': 'both',
  ResourceExhausted: 'both',
};

/** Undefined where upstream did not say it: what this side held back says nothing about the account's limits. */
export const throttleOf = (failure: Failure, policy: Policy): Transition['throttle'] => {
  if (failure.class !== 'throttled' || typeof failure.httpStatus !== 'number') return undefined;
  return {
    by: KINDS[failure.code] ?? 'rate',
    rate_full: policy.submitRatePerSecond,
    slots_full: policy.slots,
    climb_ms: policy.throttleRecoveryMs,
  };
};
