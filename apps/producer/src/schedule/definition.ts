// A schedule's definition from what a person or a caller wrote: everything checked before it is kept.
import { OVERLAPS, type Overlap, type ScheduleDefinition } from '@outpaint/shared/batch/schedule';
import { parseMoney } from '@outpaint/shared/contract/money';
import { OutpaintError } from '@outpaint/shared/errors/outpaint-error';
import { isListing } from '../manifest/listing.ts';
import { manifestFormatOf } from '../manifest/manifest-format.ts';
import { withoutGz } from '../manifest/open-manifest.ts';
import { readShape } from '../manifest/row-shape.ts';
import { lengthMsOf } from '../terminal/length-of-time.ts';
import { checkTimeZone, nextSlots, readCron } from './civil-slots.ts';
import { batchNameOfSlot, manifestOfSlot } from './naming.ts';

export interface ScheduleWish {
  readonly name: string;
  readonly cron: string;
  readonly time_zone: string;
  readonly manifest: string;
  readonly overlap?: string | undefined;
  /** `24h`, `90m`, `2d`. */
  readonly catch_up?: string | undefined;
  readonly jitter?: string | undefined;
  readonly until?: string | undefined;
  readonly wait_for_manifest?: string | undefined;
  readonly run_unchanged?: boolean | undefined;
  readonly keep_going?: boolean | undefined;
  /** `source=image_link`. */
  readonly map?: readonly string[] | undefined;
  /** `output_ratio=16:9`. */
  readonly set?: readonly string[] | undefined;
  readonly budget?: string | undefined;
  /** `20` or `5%`. */
  readonly max_failures?: string | undefined;
}

const invalid = (message: string): OutpaintError => new OutpaintError('schedule_invalid', message);

const NAME = /^[A-Za-z0-9][A-Za-z0-9.-]{0,63}$/;
const DAY_MS = 86_400_000;
const DURATION_MS_MAX = 7 * DAY_MS;

const durationOf = (field: string, text: string | undefined, byDefault: number): number => {
  if (text === undefined) return byDefault;
  const ms = lengthMsOf(text);
  if (ms !== null && ms <= DURATION_MS_MAX) return ms;
  throw invalid(`${field} must be a length such as 30m, 24h or 2d, of 7 days at most, not ${JSON.stringify(text)}.`);
};

const overlapOf = (text: string | undefined): Overlap => {
  const known = OVERLAPS.find((overlap) => overlap === (text ?? 'skip'));
  if (known !== undefined) return known;
  throw invalid(`overlap must be one of ${OVERLAPS.join(', ')}, not ${JSON.stringify(text)}.`);
};

const limitOf = (text: string | undefined): { failuresMax: number | null; failuresPercent: number | null } => {
  if (text === undefined) return { failuresMax: null, failuresPercent: null };
  const percent = /^(\d{1,3})%$/.exec(text);
  if (percent !== null && Number(percent[1]) >= 1 && Number(percent[1]) <= 100)
    return { failuresMax: null, failuresPercent: Number(percent[1]) };
  if (/^[1-9]\d{0,8}$/.test(text)) return { failuresMax: Number(text), failuresPercent: null };
  throw invalid(
    `max_failures must be a number of rows such as 20, or a percentage such as 5%, not ${JSON.stringify(text)}.`,
  );
};

/** Throws `schedule_invalid`, `money_invalid`, `manifest_mapping_invalid` or `manifest_format_unknown`. */
export const readDefinition = (wish: ScheduleWish, now: number): ScheduleDefinition => {
  if (!NAME.test(wish.name))
    throw invalid('A schedule has a name of 1 to 64 of A-Z a-z 0-9 . -, a letter or digit first.');
  checkTimeZone(wish.time_zone);
  const [first] = nextSlots(readCron(wish.cron), wish.time_zone, now, 1);
  if (first === undefined) throw invalid(`The cron expression ${wish.cron} never comes in the next four years.`);
  batchNameOfSlot(wish.name, wish.cron, first.slot);
  const address = manifestOfSlot(wish.manifest, first.slot);
  if (!isListing(address)) manifestFormatOf(withoutGz(address));
  readShape(wish.map ?? [], wish.set ?? []);
  if (wish.until !== undefined && !/^([01]\d|2[0-3]):[0-5]\d$/.test(wish.until))
    throw invalid(`until must be a time of day such as 06:00, not ${JSON.stringify(wish.until)}.`);
  return {
    name: wish.name,
    cron: wish.cron.trim().replace(/\s+/g, ' '),
    timeZone: wish.time_zone,
    manifest: wish.manifest,
    overlap: overlapOf(wish.overlap),
    catchUpMs: durationOf('catch_up', wish.catch_up, DAY_MS),
    jitterMs: durationOf('jitter', wish.jitter, 0),
    until: wish.until ?? null,
    manifestWaitMs: durationOf('wait_for_manifest', wish.wait_for_manifest, 0),
    runUnchanged: wish.run_unchanged ?? false,
    keepGoing: wish.keep_going ?? false,
    map: wish.map ?? [],
    set: wish.set ?? [],
    budgetMicro: wish.budget === undefined ? null : parseMoney(wish.budget),
    ...limitOf(wish.max_failures),
  };
};
