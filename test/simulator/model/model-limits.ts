// The account's limits in the model: cut by a refusal, once for each burst of them, and climbing back by themselves.
import type { Transition } from '@outpaint/shared/lifecycle/transition';
import type { LicenceTerms } from '@outpaint/shared/record/record-store';
import { inOrder, type LimitName, type ModelState } from './model-state.ts';

/** A limit as it is in force now, at most `full`. */
export const inForce = (state: ModelState, what: LimitName, full: number, now: number): number => {
  const limit = state.limits.get(what);
  if (limit === undefined) return full;
  return Math.min(full, limit.to + (full * Math.max(0, now - limit.at)) / limit.ms);
};

export const slotsInForce = (state: ModelState, full: number, now: number): number =>
  Math.floor(inForce(state, 'slots', full, now));

/** The gap between two submits: the one that is set, or a longer one while the rate is cut. */
export const gapInForce = (state: ModelState, gapMs: number, now: number): number => {
  const rate = inForce(state, 'rate', 1_000 / gapMs, now);
  return rate < 1_000 / gapMs ? Math.ceil(1_000 / rate) : gapMs;
};

/** `sentAt` is when the refused call left: one that left before the last cut tells nothing new. */
export const throttleBy = (
  state: ModelState,
  by: NonNullable<Transition['throttle']>,
  code: string,
  sentAt: number,
  now: number,
): void => {
  const cut = (what: LimitName, from: number, least: number, full: number): void => {
    const known = state.limits.get(what);
    if (known !== undefined && sentAt <= known.at) return;
    const to = Math.max(least, from * 0.7);
    state.limits.set(what, { to, at: now, ms: by.climb_ms, full, code, cuts: (known?.cuts ?? 0) + 1 });
  };
  const rate = inForce(state, 'rate', by.rate_full, now);
  const speaksOfSlots = by.by !== 'rate' || rate < by.rate_full / 4;
  if (by.by !== 'slots') cut('rate', rate, by.rate_full / 64, by.rate_full);
  if (speaksOfSlots) {
    const taken = Math.max(1, state.slots.size);
    cut('slots', Math.min(slotsInForce(state, by.slots_full, now), taken), 1, by.slots_full);
  }
};

/** Why delivering comes first now, or null. */
export const deliveringFirst = (
  state: ModelState,
  terms: Pick<LicenceTerms, 'undeliveredMax' | 'undeliveredAgeMsMax'>,
  now: number,
): 'undelivered' | 'expiring' | null => {
  const oldest = inOrder(state.undelivered)[0];
  if (oldest === undefined) return null;
  if (state.undelivered.size >= terms.undeliveredMax) return 'undelivered';
  if (now - oldest[1] > terms.undeliveredAgeMsMax) return 'undelivered';
  const first = inOrder(state.expiring)[0];
  return first !== undefined && first[1] <= now ? 'expiring' : null;
};
