// The schedule that a person named.
import type { Schedule } from '@outpaint/shared/batch/schedule';
import type { ScheduleStore } from '@outpaint/shared/batch/schedule-store';
import { OutpaintError } from '@outpaint/shared/errors/outpaint-error';

/** Throws `schedule_unknown`. */
export const knownSchedule = async (schedules: Pick<ScheduleStore, 'read'>, name: string): Promise<Schedule> => {
  const found = await schedules.read(name);
  if (found !== null) return found;
  throw new OutpaintError('schedule_unknown', `There is no schedule ${name}: outpaint schedule list shows them.`);
};
