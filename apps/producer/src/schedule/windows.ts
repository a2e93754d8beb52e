// A schedule's window: outside it its batches stand still, in it they go on. A pause by a person is left alone.
import type { BatchStore } from '@outpaint/shared/batch/batch-store';
import type { Schedule } from '@outpaint/shared/batch/schedule';
import type { ScheduleStore } from '@outpaint/shared/batch/schedule-store';
import type { BatchName } from '@outpaint/shared/contract/ids';
import { nextTimeOfDay, readCron, slotsBetween } from './civil-slots.ts';
import { isRunNow } from './naming.ts';

/** A window that opened longer ago than this is long closed. */
const LOOK_BACK_MS = 32 * 86_400_000;
const LOOK_BACK_SLOTS_MAX = 20_000;
const BATCHES_MAX = 50;

/** Null where the schedule has no window. Pure. */
export const isWindowOpen = (schedule: Schedule, now: number): boolean | null => {
  if (schedule.until === null) return null;
  const cron = readCron(schedule.cron);
  const opened = slotsBetween(cron, schedule.timeZone, now - LOOK_BACK_MS, now, LOOK_BACK_SLOTS_MAX).at(-1);
  return opened !== undefined && now < nextTimeOfDay(opened.at, schedule.until, schedule.timeZone);
};

/** Safe to repeat, and on several machines at once. Returns how many batches were paused or resumed. */
export const keepWindow = async (
  deps: { readonly schedules: Pick<ScheduleStore, 'firings'>; readonly batches: BatchStore },
  schedule: Schedule,
  now: number,
): Promise<number> => {
  const open = isWindowOpen(schedule, now);
  if (open === null) return 0;
  let changed = 0;
  const names = new Set(
    (await deps.schedules.firings(schedule.name, BATCHES_MAX)).flatMap(({ batch, slot }) =>
      // What a person started now is meant to run now; rows that joined a slot's batch keep to its window.
      batch === null || isRunNow(slot) ? [] : [batch],
    ),
  );
  for (const name of names as Set<BatchName>) {
    const batch = await deps.batches.read(name);
    if (batch === null || batch.state === 'finished') continue;
    const acted = open ? await deps.batches.resume(name, 'window') : await deps.batches.pause(name, 'window');
    if (acted) changed += 1;
  }
  return changed;
};
