// One look at all schedules: record what has come, work on what waits, open and close windows. Harmless to run twice.
import type { BatchStore } from '@outpaint/shared/batch/batch-store';
import type { ScheduleStore } from '@outpaint/shared/batch/schedule-store';
import { codeOf } from '@outpaint/shared/errors/outpaint-error';
import type { Logger } from '@outpaint/shared/telemetry/logger';
import { type FireDeps, fireSlot } from './fire-slot.ts';
import { recordSlots } from './record-slots.ts';
import { keepWindow } from './windows.ts';

export interface TickDeps extends FireDeps {
  readonly schedules: ScheduleStore;
  readonly batches: BatchStore;
  readonly owner: string;
  /** Epoch ms; settable in tests. */
  readonly now: () => number;
  readonly log: Logger;
}

/** Longer than any import takes between two renewals; a runner that dies loses its slot to another after this. */
const LEASE_MS = 120_000;
const RENEW_MS = 30_000;
const OPEN_MAX = 200;

export const tick = async (deps: TickDeps): Promise<void> => {
  const now = deps.now();
  const schedules = await deps.schedules.list();
  for (const schedule of schedules) {
    const fresh = await recordSlots(deps.schedules, schedule, now);
    if (fresh > 0) deps.log.info({ schedule: schedule.name, slots: fresh }, 'slots have come');
  }
  for (const open of await deps.schedules.open(OPEN_MAX)) await work(deps, open, now);
  for (const schedule of schedules) {
    const moved = await keepWindow(deps, schedule, now);
    if (moved > 0) deps.log.info({ schedule: schedule.name, batches: moved }, 'window opened or closed');
  }
};

const work = async (deps: TickDeps, open: { schedule: string; slot: string }, now: number): Promise<void> => {
  const [schedule, firing] = await Promise.all([
    deps.schedules.read(open.schedule),
    deps.schedules.firing(open.schedule, open.slot),
  ]);
  if (schedule === null || firing === null || schedule.paused || firing.dueAt > now) return;
  if (!(await deps.schedules.lease(open, deps.owner, now, LEASE_MS))) return;
  const log = deps.log.child({ schedule: open.schedule, slot: open.slot });
  // An import of a million rows takes longer than a lease.
  const renewal = setInterval(() => {
    deps.schedules.lease(open, deps.owner, deps.now(), LEASE_MS).catch(() => undefined);
  }, RENEW_MS);
  try {
    const fired = await fireSlot(deps, schedule, firing, now);
    if (fired.kind === 'wait') {
      log.debug({ why: fired.why }, 'slot waits');
      await deps.schedules.release(open, deps.owner);
      return;
    }
    await deps.schedules.settle(open.schedule, fired.firing, deps.owner);
    const { state, batch, note, rows } = fired.firing;
    log[state === 'started' ? 'info' : 'warn']({ state, batch, rows, note }, 'slot fired');
  } catch (error) {
    // Redis or the store is away: the next tick tries again, for as long as the catch-up window lasts.
    log.error({ code: codeOf(error), err: error }, 'slot could not be fired yet');
    if (now - firing.dueAt > schedule.catchUpMs) {
      const note = `${codeOf(error)}: ${error instanceof Error ? error.message : String(error)}`.slice(0, 500);
      await deps.schedules.settle(open.schedule, { ...firing, state: 'failed', note, endedAt: now }, deps.owner);
    } else await deps.schedules.release(open, deps.owner);
  } finally {
    clearInterval(renewal);
  }
};
