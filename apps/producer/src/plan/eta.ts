// How long a number of pictures will take, as a range and with what it rests on. Pure.

/**
 * The only duration that the API documents: one sample task, submitted at 13:50:01.247 and finished at 13:50:27.795.
 * It is a sample and no promise.
 */
export const SECONDS_PER_PICTURE_ASSUMED = 26.5;
/** The slow end of the range where nothing was measured: twice as long for each picture. */
const SLOW_FACTOR = 2;
/** The API's page says that best quality takes a multiple of the time, and not which. */
const BEST_FACTOR = 2;
/** Fewer measured tasks than this say too little. */
const SAMPLE_MIN = 5;

/** How long measured tasks took, in ms, by kind; empty where nobody has measured any. */
export interface Measured {
  readonly ordinary: readonly number[];
  readonly best: readonly number[];
}

export interface Eta {
  readonly secondsMin: number;
  readonly secondsMax: number;
  /** Of an ordinary picture: the middle of what was measured, or the API's sample. */
  readonly secondsPerPicture: number;
  readonly slots: number;
  /** Tasks that the range rests on; 0 where it rests on the API's one sample. */
  readonly measured: number;
}

interface Pace {
  readonly low: number;
  readonly middle: number;
  readonly high: number;
}

const quantile = (sorted: readonly number[], q: number): number => sorted[Math.round((sorted.length - 1) * q)] ?? 0;

/** In seconds: quarter, middle and three quarters of the sample; null where it is too small. */
const paceOf = (ms: readonly number[]): Pace | null => {
  if (ms.length < SAMPLE_MIN) return null;
  const sorted = ms.toSorted((a, b) => a - b);
  return {
    low: quantile(sorted, 0.25) / 1_000,
    middle: quantile(sorted, 0.5) / 1_000,
    high: quantile(sorted, 0.75) / 1_000,
  };
};

const ASSUMED: Pace = {
  low: SECONDS_PER_PICTURE_ASSUMED,
  middle: SECONDS_PER_PICTURE_ASSUMED,
  high: SECONDS_PER_PICTURE_ASSUMED * SLOW_FACTOR,
};

/**
 * The larger of what the slots and what the submit rate allow; with every slot busy all the time and no other batch.
 * `best` of the rows want best quality.
 */
export const etaOf = (
  rows: { readonly ordinary: number; readonly best: number },
  terms: { readonly slots: number; readonly submitsPerSecond: number },
  measured: Measured,
): Eta => {
  const ordinary = paceOf(measured.ordinary);
  const best = paceOf(measured.best);
  const ofOrdinary = ordinary ?? ASSUMED;
  const count = rows.ordinary + rows.best;
  const seconds = (end: 'low' | 'high'): number => {
    const ofBest = best?.[end] ?? ofOrdinary[end] * BEST_FACTOR;
    const each = count === 0 ? 0 : (rows.ordinary * ofOrdinary[end] + rows.best * ofBest) / count;
    return Math.ceil(Math.max(Math.ceil(count / terms.slots) * each, count / terms.submitsPerSecond));
  };
  return {
    secondsMin: seconds('low'),
    secondsMax: seconds('high'),
    secondsPerPicture: ofOrdinary.middle,
    slots: terms.slots,
    measured: (ordinary === null ? 0 : measured.ordinary.length) + (best === null ? 0 : measured.best.length),
  };
};
