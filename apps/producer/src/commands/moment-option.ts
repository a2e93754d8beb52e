// Option values that are times, lengths of time and rates, checked while the command line is read.
import { InvalidArgumentError } from 'commander';
import { lengthMsOf } from '../terminal/length-of-time.ts';

/** Null also for no time at all. */
const msOf = (text: string): number | null => lengthMsOf(text) || null;

export const durationOption = (text: string): number => {
  const ms = msOf(text);
  if (ms !== null) return ms;
  throw new InvalidArgumentError('Write a length of time such as 90s, 30min, 36h, 30d or 2w.');
};

/** Either a time, or so long before or after now: Redis' clock says when that is. */
export type Moment = { readonly at: number } | { readonly ms: number };

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})$/;

/** `2026-11-24` (its beginning in UTC), `2026-11-24T22:00+08:00`, or a length of time. */
export const momentOption = (text: string): Moment => {
  const ms = msOf(text);
  if (ms !== null) return { ms };
  const at = DAY.test(text) || TIME.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(at)) return { at };
  throw new InvalidArgumentError(
    'Write a date such as 2026-11-24, a time with its zone such as 2026-11-24T22:00+08:00, or a length of time such as 36h.',
  );
};

export const momentAgo = (moment: Moment, now: number): number => ('at' in moment ? moment.at : now - moment.ms);
export const momentAhead = (moment: Moment, now: number): number => ('at' in moment ? moment.at : now + moment.ms);

/** `50/s` or `600/min`, as rows a second. */
export const rateOption = (text: string): number => {
  const match = /^(\d{1,6})\/(s|min|h)$/.exec(text);
  const perSecond = match === null ? 0 : Number(match[1]) / ((lengthMsOf(`1${match[2]}`) ?? 0) / 1_000);
  if (perSecond > 0) return perSecond;
  throw new InvalidArgumentError('Write a rate such as 50/s or 600/min.');
};
