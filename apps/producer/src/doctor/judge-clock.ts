// Whether two clocks agree well enough for what is read off them.
import { durationText } from '../terminal/duration-text.ts';
import { type Check, type Fact, ok, problem, unknown, warning } from './check.ts';

export interface ClockTerms {
  readonly id: Check['id'];
  /** Whose clock: `Redis'`, `The API's`. */
  readonly whose: string;
  readonly warnMs: number;
  readonly problemMs: number;
  /** What goes wrong when they differ. */
  readonly risk: string;
}

/** Doubts are looked for in the task list around the time of sending, which is written by Redis' clock. */
const LIST_RISK = 'a submit in doubt is looked for around the wrong time';

export const CLOCKS = {
  redis: { id: 'redis.clock', whose: "Redis' clock", warnMs: 5_000, problemMs: 60_000, risk: LIST_RISK },
  upstream: { id: 'upstream.clock', whose: "The API's clock", warnMs: 5_000, problemMs: 60_000, risk: LIST_RISK },
  // S3 refuses what is signed more than 15 minutes off: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
  bucket: {
    id: 'bucket.clock',
    whose: "The store's clock",
    warnMs: 60_000,
    problemMs: 900_000,
    risk: 'signatures are refused from 15 minutes on',
  },
} as const satisfies Record<string, ClockTerms>;

/** `offset`: the other clock minus this machine's, in ms. */
export const judgeClock = (terms: ClockTerms, offset: Fact<number>): Check => {
  if (!offset.known) {
    return unknown(terms.id, `${terms.whose} could not be read: ${offset.why}.`, 'Bring the connection up first.');
  }
  const away = Math.abs(offset.value);
  if (away < terms.warnMs)
    return ok(terms.id, `${terms.whose} and this machine's differ by less than ${durationText(terms.warnMs / 1000)}.`);
  const says = `${terms.whose} is ${durationText(away / 1000)} ${offset.value > 0 ? 'ahead of' : 'behind'} this machine's: ${terms.risk}.`;
  const remedy = 'Let NTP set the clocks of this machine and of the other side (timedatectl set-ntp true).';
  return away < terms.problemMs ? warning(terms.id, says, remedy) : problem(terms.id, says, remedy);
};
