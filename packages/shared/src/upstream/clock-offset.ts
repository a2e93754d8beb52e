// How far upstream's clock is from ours, as bounds, from the `Date` header of every answer.

/** In ms: upstream's time minus ours lies between the two, both included. */
export interface OffsetBounds {
  readonly lo: number;
  readonly hi: number;
}

export interface ClockOffset {
  /** `date` is the header as epoch ms: whole seconds, cut off, stamped at some moment between sending and receiving. */
  see(sample: { readonly sentAt: number; readonly receivedAt: number; readonly date: number }): void;
  /** Null before the first answer with a date. */
  bounds(): OffsetBounds | null;
}

/** Clocks drift, and ours is corrected now and then: what was learned longer ago than this says nothing. */
const SAMPLES_MAX = 64;

/**
 * One answer leaves a second and a round trip of doubt; where several overlap, only what all of them allow is left.
 * Where they contradict each other a clock was set: the bounds are then wide enough for each of the last samples.
 */
export const createClockOffset = (): ClockOffset => {
  let samples: OffsetBounds[] = [];
  return {
    see: ({ sentAt, receivedAt, date }) => {
      samples = [...samples, { lo: date - receivedAt, hi: date + 999 - sentAt }].slice(-SAMPLES_MAX);
    },
    bounds: () => {
      if (samples.length === 0) return null;
      const lo = Math.max(...samples.map((sample) => sample.lo));
      const hi = Math.min(...samples.map((sample) => sample.hi));
      if (lo <= hi) return { lo, hi };
      return { lo: Math.min(...samples.map((s) => s.lo)), hi: Math.max(...samples.map((s) => s.hi)) };
    },
  };
};
