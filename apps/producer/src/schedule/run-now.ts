// Records a run that a person asks for, beside the slots: a firing of its own with a batch of its own.
import type { Schedule } from '@outpaint/shared/batch/schedule';
import type { ScheduleStore } from '@outpaint/shared/batch/schedule-store';
import { OutpaintError } from '@outpaint/shared/errors/outpaint-error';
import { civilSecond } from './civil-slots.ts';
import { batchNameOfSlot } from './naming.ts';
import { emptyFiring } from './record-slots.ts';

export interface RunNow {
  readonly slot: string;
  /** The batch that it will have, if it starts. */
  readonly batch: string;
  /** False where somebody asked in the same second: it is that run. */
  readonly added: boolean;
}

/**
 * It obeys the schedule's rules (overlap, unchanged manifest), so what a slot has started is not started again. Throws
 * `schedule_paused`: a schedule that stands still begins nothing.
 */
export const runNow = async (
  store: Pick<ScheduleStore, 'record'>,
  schedule: Schedule,
  now: number,
): Promise<RunNow> => {
  if (schedule.paused)
    throw new OutpaintError('schedule_paused', `The schedule ${schedule.name} is paused: resume it first.`);
  const slot = civilSecond(now, schedule.timeZone);
  const batch = batchNameOfSlot(schedule.name, schedule.cron, slot);
  const added = await store.record(schedule.name, [emptyFiring(slot, now, 'due', '')], 0);
  return { slot, batch, added: added === 1 };
};
