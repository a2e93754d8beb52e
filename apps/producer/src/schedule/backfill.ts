// Records slots of the past again as due: nights that were missed, or came before the schedule was made.
import type { Schedule } from '@outpaint/shared/batch/schedule';
import type { ScheduleStore } from '@outpaint/shared/batch/schedule-store';
import { OutpaintError } from '@outpaint/shared/errors/outpaint-error';
import { momentOf, readCron, slotsBetween } from './civil-slots.ts';
import { emptyFiring } from './record-slots.ts';

export const BACKFILL_SLOTS_MAX = 400;

export interface Backfill {
  readonly slots: readonly string[];
  /** How many of them had not been recorded before; the others are left as they ended. */
  readonly added: number;
}

/** From and to are civil dates, both included. Safe to repeat: a slot exists once. Throws `schedule_invalid`. */
export const backfill = async (
  store: ScheduleStore,
  schedule: Schedule,
  from: string,
  to: string,
  now: number,
): Promise<Backfill> => {
  for (const date of [from, to]) {
    if (!/^\d{4}-\d{2}-\d{2}$/.test(date) || Number.isNaN(Date.parse(date)))
      throw new OutpaintError('schedule_invalid', `${date} is no date such as 2026-11-24.`);
  }
  if (from > to) throw new OutpaintError('schedule_invalid', `${from} is after ${to}: give the earlier date first.`);
  const begin = momentOf(`${from}T00:00`, schedule.timeZone) - 1;
  const end = Math.min(momentOf(`${to}T23:59`, schedule.timeZone), now);
  const found = slotsBetween(readCron(schedule.cron), schedule.timeZone, begin, end, BACKFILL_SLOTS_MAX + 1);
  if (found.length > BACKFILL_SLOTS_MAX)
    throw new OutpaintError('schedule_invalid', `At most ${BACKFILL_SLOTS_MAX} slots are backfilled at once.`);
  const firings = found.map(({ slot, at }) => emptyFiring(slot, at, 'due', ''));
  const added = await store.record(schedule.name, firings, 0);
  return { slots: found.map(({ slot }) => slot), added };
};
