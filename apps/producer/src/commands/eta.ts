// How long a number of pictures will take, as a range and with what it assumes. Pure.

/**
 * The only duration that the API documents: one sample task, submitted at 13:50:01.247 and finished at 13:50:27.795.
 * It is a sample and no promise; `best_quality` takes longer.
 */
export const SECONDS_PER_PICTURE_ASSUMED = 26.5;
/** The slow end of the range: twice as long for each picture. */
const SLOW_FACTOR = 2;

export interface Eta {
  readonly secondsMin: number;
  readonly secondsMax: number;
  readonly secondsPerPicture: number;
  readonly slots: number;
}

/** The larger of what the slots and what the submit rate allow; with every slot busy all the time. */
export const etaOf = (rows: number, terms: { slots: number; submitsPerSecond: number }): Eta => {
  const rounds = Math.ceil(rows / terms.slots);
  const bySubmits = rows / terms.submitsPerSecond;
  const seconds = (perPicture: number): number => Math.ceil(Math.max(rounds * perPicture, bySubmits));
  return {
    secondsMin: seconds(SECONDS_PER_PICTURE_ASSUMED),
    secondsMax: seconds(SECONDS_PER_PICTURE_ASSUMED * SLOW_FACTOR),
    secondsPerPicture: SECONDS_PER_PICTURE_ASSUMED,
    slots: terms.slots,
  };
};
