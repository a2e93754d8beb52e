// A schedule and its firings as the outside sees them.
import type { Firing, Schedule } from '@outpaint/shared/batch/schedule';
import { formatMoney } from '@outpaint/shared/contract/money';
import { nextSlots, readCron } from '../schedule/civil-slots.ts';
import { jitterOf } from '../schedule/naming.ts';

const NEXT_RUNS = 5;

const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

export const scheduleJson = (schedule: Schedule, now: number) => ({
  name: schedule.name,
  cron: schedule.cron,
  time_zone: schedule.timeZone,
  manifest: schedule.manifest,
  overlap: schedule.overlap,
  catch_up_seconds: schedule.catchUpMs / 1_000,
  jitter_seconds: schedule.jitterMs / 1_000,
  until: schedule.until,
  wait_for_manifest_seconds: schedule.manifestWaitMs / 1_000,
  run_unchanged: schedule.runUnchanged,
  keep_going: schedule.keepGoing,
  map: schedule.map ?? [],
  set: schedule.set ?? [],
  budget: schedule.budgetMicro === null ? null : formatMoney(schedule.budgetMicro, '').trim(),
  failures_max: schedule.failuresMax,
  failures_percent: schedule.failuresPercent,
  paused: schedule.paused,
  created_at: iso(schedule.createdAt),
  next_runs: schedule.paused
    ? []
    : nextSlots(readCron(schedule.cron), schedule.timeZone, Math.max(now, schedule.seenUntil), NEXT_RUNS).map(
        ({ slot, at }) => ({
          slot,
          at: new Date(at + jitterOf(schedule.name, slot, schedule.jitterMs)).toISOString(),
        }),
      ),
});

export const firingJson = (firing: Firing) => ({
  slot: firing.slot,
  due_at: iso(firing.dueAt),
  state: firing.state,
  batch: firing.batch,
  rows: firing.rows,
  note: firing.note,
  ended_at: iso(firing.endedAt),
});
