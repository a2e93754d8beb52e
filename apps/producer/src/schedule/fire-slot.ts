// One firing: from a slot that has come to a batch, or to a result that says why there is none. Safe to repeat.
import type { Batch } from '@outpaint/shared/batch/batch';
import type { BatchStore } from '@outpaint/shared/batch/batch-store';
import type { Firing, Schedule } from '@outpaint/shared/batch/schedule';
import type { ScheduleStore } from '@outpaint/shared/batch/schedule-store';
import type { BatchName } from '@outpaint/shared/contract/ids';
import { type AcceptedManifest, type ManifestTerms, optionsOfLimits } from '../accept/accept-manifest.ts';
import type { Manifest, OpenManifest } from '../manifest/open-manifest.ts';
import { readShape } from '../manifest/row-shape.ts';
import { batchNameOfSlot, isRunNow, manifestOfSlot } from './naming.ts';

export interface FireDeps {
  readonly schedules: ScheduleStore;
  readonly batches: BatchStore;
  readonly openManifest: OpenManifest;
  accept(manifest: Manifest, terms: ManifestTerms): Promise<AcceptedManifest>;
}

/** `wait`: not now, look again at a later tick. */
export type Fired =
  | { readonly kind: 'ended'; readonly firing: Firing }
  | { readonly kind: 'wait'; readonly why: string };

const RECENT_FIRINGS = 50;

const isUnfinished = (batch: Batch | null): boolean =>
  batch !== null && batch.state !== 'finished' && batch.run !== 'cancelled' && batch.run !== 'cancelling';

/** The batch of an earlier slot that still runs, or null. */
const runningBefore = async (deps: FireDeps, schedule: Schedule, firing: Firing): Promise<BatchName | null> => {
  for (const earlier of await deps.schedules.firings(schedule.name, RECENT_FIRINGS)) {
    if (earlier.dueAt >= firing.dueAt || earlier.batch === null || earlier.state !== 'started') continue;
    if (isUnfinished(await deps.batches.read(earlier.batch as BatchName))) return earlier.batch as BatchName;
  }
  return null;
};

/**
 * An earlier firing that somebody still works on, where one of the two is a run that a person asked for: they may be
 * moments apart on two machines, and what the first starts decides what the second finds. Null where there is none.
 */
const undecidedBefore = async (deps: FireDeps, schedule: Schedule, firing: Firing): Promise<string | null> => {
  const recent = await deps.schedules.firings(schedule.name, RECENT_FIRINGS);
  const earlier = recent.find(
    ({ slot, state, dueAt }) =>
      state === 'due' &&
      (isRunNow(slot) || isRunNow(firing.slot)) &&
      (dueAt < firing.dueAt || (dueAt === firing.dueAt && slot < firing.slot)),
  );
  return earlier?.slot ?? null;
};

const lastTag = async (deps: FireDeps, schedule: Schedule, firing: Firing): Promise<string | null> => {
  const before = (await deps.schedules.firings(schedule.name, RECENT_FIRINGS)).filter(
    (earlier) => earlier.state === 'started' && earlier.dueAt < firing.dueAt,
  );
  return before[0]?.manifestTag ?? null;
};

export const fireSlot = async (deps: FireDeps, schedule: Schedule, firing: Firing, now: number): Promise<Fired> => {
  const end = (state: Firing['state'], note: string, more: Partial<Firing> = {}): Fired => ({
    kind: 'ended',
    firing: { ...firing, ...more, state, note, endedAt: now },
  });
  const undecided = await undecidedBefore(deps, schedule, firing);
  if (undecided !== null) return { kind: 'wait', why: `the run ${undecided} is not decided` };
  const own = batchNameOfSlot(schedule.name, schedule.cron, firing.slot);
  const before = await runningBefore(deps, schedule, firing);
  if (before !== null && schedule.overlap === 'skip')
    return end('overlapped', `The batch ${before} is not finished.`, { batch: null });
  if (before !== null && schedule.overlap === 'queue') return { kind: 'wait', why: `the batch ${before} runs` };
  const batch = before !== null && schedule.overlap === 'append' ? before : own;

  const address = manifestOfSlot(schedule.manifest, firing.slot);
  const manifest = await deps.openManifest(address, {
    shape: readShape(schedule.map ?? [], schedule.set ?? []),
    batch,
  });
  if (manifest === null) {
    if (now - firing.dueAt < schedule.manifestWaitMs) return { kind: 'wait', why: `${address} is not there yet` };
    return end('manifest_missing', `There is nothing at ${address}.`);
  }
  try {
    const tag = await manifest.tag();
    if (!schedule.runUnchanged && tag === (await lastTag(deps, schedule, firing)))
      return end('manifest_unchanged', `${address} is the same as last time.`, { manifestTag: tag });
    const answer = await deps.accept(manifest, {
      batch,
      keepGoing: schedule.keepGoing,
      leaveOpen: false,
      options: optionsOfLimits(schedule),
    });
    if (answer.kind === 'refused')
      return end('manifest_invalid', answer.message, { manifestTag: tag, rows: answer.rowsRead });
    return end('started', '', { batch, manifestTag: tag, rows: answer.accepted + answer.existing });
  } finally {
    await manifest.close();
  }
};
