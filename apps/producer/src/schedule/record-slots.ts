// Finds the slots of a schedule that have come, and records each once. Safe on any number of machines at once.
import type { Firing, Schedule } from '@outpaint/shared/batch/schedule';
import type { ScheduleStore } from '@outpaint/shared/batch/schedule-store';
import { readCron, slotsBetween } from './civil-slots.ts';
import { jitterOf } from './naming.ts';

/** Slots looked at in one go; what is left comes with the next tick. */
const SLOTS_MAX = 500;

export const emptyFiring = (slot: string, dueAt: number, state: Firing['state'], note: string): Firing => ({
  slot,
  dueAt,
  state,
  batch: null,
  note,
  manifestTag: null,
  rows: null,
  endedAt: state === 'due' ? null : dueAt,
});

/** Which firings a look at `now` records, and until when everything was looked at. Pure. */
export const firingsAt = (schedule: Schedule, now: number): { firings: readonly Firing[]; seenUntil: number } => {
  if (schedule.paused || now <= schedule.seenUntil) return { firings: [], seenUntil: schedule.seenUntil };
  const slots = slotsBetween(readCron(schedule.cron), schedule.timeZone, schedule.seenUntil, now, SLOTS_MAX);
  const firings = slots.map(({ slot, at }) => {
    const dueAt = at + jitterOf(schedule.name, slot, schedule.jitterMs);
    return now - at > schedule.catchUpMs
      ? emptyFiring(slot, dueAt, 'missed', 'Nobody ran this schedule for longer than its catch-up window.')
      : emptyFiring(slot, dueAt, 'due', '');
  });
  return { firings, seenUntil: slots.length === SLOTS_MAX ? (slots.at(-1)?.at ?? now) : now };
};

/** Returns how many slots are new. */
export const recordSlots = async (store: ScheduleStore, schedule: Schedule, now: number): Promise<number> => {
  const { firings, seenUntil } = firingsAt(schedule, now);
  return seenUntil === schedule.seenUntil ? 0 : store.record(schedule.name, firings, seenUntil);
};
