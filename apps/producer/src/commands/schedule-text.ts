// When a schedule runs next, in words: in its own zone and in the reader's.
import type { Schedule } from '@outpaint/shared/batch/schedule';
import { inColumns } from '../terminal/columns.ts';
import { timeText } from '../terminal/time-text.ts';
import { scheduleJson } from '../view/schedule-json.ts';

/** The next five runs: the civil time of the schedule's zone, and the same moment here. */
export const nextRunsText = (schedule: Schedule, now: number): string => {
  if (schedule.paused)
    return `${schedule.name} is paused: nothing runs. Go on with: outpaint schedule resume ${schedule.name}`;
  const runs = scheduleJson(schedule, now).next_runs;
  return inColumns([
    [schedule.timeZone.toUpperCase(), 'HERE'],
    ...runs.map(({ slot, at }) => [slot.replace('T', ' '), timeText(Date.parse(at))]),
  ]).join('\n');
};
