// The money of one trial: a picture is counted before it is asked for, and given back only when it surely costs nothing.

export interface Purse {
  readonly allowed: number;
  /** Pictures that are paid for or may be. */
  counted(): number;
  /** Counts one; false when none is left, and then nothing may be sent. */
  take(): boolean;
  /** Counts one that nobody expected to cost anything and that does, or may; it may exceed what was allowed. */
  add(): void;
  /** For one that was refused, FAILED or was cancelled: the API bills none of these (its FAQ on billing). */
  giveBack(): void;
}

/** The trial's own bound, whatever is asked for. */
export const PICTURES_MAX = 5;

export const createPurse = (allowed: number): Purse => {
  if (!Number.isInteger(allowed) || allowed < 1 || allowed > PICTURES_MAX)
    throw new RangeError(`1 to ${PICTURES_MAX} pictures`);
  let counted = 0;
  return {
    allowed,
    counted: () => counted,
    take: () => {
      if (counted >= allowed) return false;
      counted += 1;
      return true;
    },
    add: () => {
      counted += 1;
    },
    giveBack: () => {
      if (counted === 0) throw new RangeError('nothing was taken');
      counted -= 1;
    },
  };
};
