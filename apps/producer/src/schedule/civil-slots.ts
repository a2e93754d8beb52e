// From a cron expression and a time zone to slots of civil time, and from a slot to its one moment. Pure.
import { OutpaintError } from '@outpaint/shared/errors/outpaint-error';
import { Cron } from 'croner';
import { Temporal } from 'temporal-polyfill';

export interface CivilSlot {
  /** `2026-11-24T02:00`: what the clock on the wall should show. */
  readonly slot: string;
  /** Epoch ms. */
  readonly at: number;
}

/** Throws `schedule_invalid` for a zone that is in no IANA table of this machine. */
export const checkTimeZone = (timeZone: string): void => {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(timeZone);
  } catch {
    throw new OutpaintError(
      'schedule_invalid',
      `There is no time zone ${timeZone}: use a name such as Asia/Shanghai or Europe/Berlin.`,
    );
  }
};

/**
 * The expression is read in a calendar without a zone, so that daylight saving neither doubles nor drops a slot. Throws
 * `schedule_invalid`; seconds and years are not taken: a schedule is made of minutes.
 */
export const readCron = (expression: string): Cron => {
  if (expression.trim().split(/\s+/).length !== 5) {
    throw new OutpaintError(
      'schedule_invalid',
      `The cron expression ${JSON.stringify(expression)} needs five fields: minute, hour, day of month, month, day of week, such as "0 2 * * *".`,
    );
  }
  try {
    return new Cron(expression, { timezone: 'UTC', paused: true });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new OutpaintError('schedule_invalid', `The cron expression ${JSON.stringify(expression)} is wrong: ${why}`);
  }
};

const civilAt = (at: number, timeZone: string): Temporal.PlainDateTime =>
  Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone).toPlainDateTime();

/** What the clock on the wall shows at a moment: `2026-11-24T14:03:17`. */
export const civilSecond = (at: number, timeZone: string): string =>
  civilAt(at, timeZone).toString({ smallestUnit: 'second' });

/** As if the wall clock were UTC: what croner counts in. */
const asUtc = (civil: Temporal.PlainDateTime): number => civil.toZonedDateTime('UTC').epochMilliseconds;

/**
 * The moment of a civil time. One that daylight saving skips fires as much later as the clock jumped; one that comes
 * twice fires the first time ("compatible" of Temporal).
 */
export const momentOf = (slot: string, timeZone: string): number =>
  Temporal.PlainDateTime.from(slot).toZonedDateTime(timeZone, { disambiguation: 'compatible' }).epochMilliseconds;

/** Zones jump by at most this: some moved over the date line. */
const JUMP_MS_MAX = 26 * 3_600_000;

/**
 * How far around a moment slots must be looked for, to be judged by their own moment: nothing, unless the clock jumps
 * near it.
 */
const slackAt = (at: number, timeZone: string): number => {
  const offsetAt = (ms: number): number =>
    Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(timeZone).offsetNanoseconds;
  return offsetAt(at - JUMP_MS_MAX) === offsetAt(at + JUMP_MS_MAX) ? 0 : JUMP_MS_MAX;
};

/** Slots with `after < at <= until`, in order, at most `max`. */
export const slotsBetween = (
  cron: Cron,
  timeZone: string,
  after: number,
  until: number,
  max: number,
): readonly CivilSlot[] => {
  const found: CivilSlot[] = [];
  let cursor = new Date(asUtc(civilAt(after, timeZone)) - slackAt(after, timeZone) - 1_000);
  const end = asUtc(civilAt(until, timeZone)) + slackAt(until, timeZone);
  while (found.length < max) {
    const next = cron.nextRun(cursor);
    if (next === null || next.getTime() > end) break;
    cursor = next;
    const slot = next.toISOString().slice(0, 16);
    const at = momentOf(slot, timeZone);
    if (at > after && at <= until) found.push({ slot, at });
  }
  return found.sort((a, b) => a.at - b.at || (a.slot < b.slot ? -1 : 1));
};

const LOOK_AHEAD_MS = 4 * 366 * 86_400_000;

/** The next slots after a moment, for people. */
export const nextSlots = (cron: Cron, timeZone: string, after: number, count: number): readonly CivilSlot[] =>
  slotsBetween(cron, timeZone, after, after + LOOK_AHEAD_MS, count);

/** Whether one civil date may have more than one slot: its batches are then named with the time, too. */
export const firesSeveralTimesADay = (expression: string): boolean => {
  const [minute = '', hour = ''] = expression.trim().split(/\s+/);
  return !/^\d+$/.test(minute) || !/^\d+$/.test(hour);
};

/** The moment after `from` when the wall clock first shows `HH:MM`. */
export const nextTimeOfDay = (from: number, timeOfDay: string, timeZone: string): number => {
  const day = civilAt(from, timeZone).toPlainDate();
  const today = momentOf(`${day.toString()}T${timeOfDay}`, timeZone);
  return today > from ? today : momentOf(`${day.add({ days: 1 }).toString()}T${timeOfDay}`, timeZone);
};
