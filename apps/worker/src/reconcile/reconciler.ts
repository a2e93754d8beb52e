// Settles doubts in the background: one worker at a time, and only while there is a doubt or a submit let go from one.
import type { Clock } from '@outpaint/shared/lifecycle/clock';
import { HOLD_TEXT } from '@outpaint/shared/lifecycle/reconcile/verdict';
import type { Moved } from '@outpaint/shared/reconcile/move-doubt';
import { type PassDeps, type PassReport, reconcilePass } from '@outpaint/shared/reconcile/reconcile-pass';
import type { Logger } from '@outpaint/shared/telemetry/logger';
import { namesOf } from '@outpaint/shared/telemetry/names-of';
import { type Rounds, startRounds } from '../rounds/start-rounds.ts';
import { createLookTimes } from './look-times.ts';

/** A pass renews nothing: one that takes longer is joined by another worker's, which is harmless. */
const LEASE_MS = 60_000;

export interface ReconcilerDeps extends PassDeps {
  readonly everyMs: number;
  readonly clock: Clock;
  /** Names this worker to the others. */
  readonly holder: string;
  readonly log: Logger;
  readonly onPass: (report: PassReport) => void;
}

export const startReconciler = (deps: ReconcilerDeps): Rounds => {
  const { doubts, clock, log, policy } = deps;
  const times = createLookTimes({ settleMs: policy.doubtSettleMs, everyMs: deps.everyMs, now: clock.monotonic });
  const failure = 'doubts could not be looked at; the next pass tries again';
  return startRounds({ ...deps, failure }, async (stopped) => {
    if (!(await doubts.lease(deps.holder, LEASE_MS))) return;
    try {
      const report = await reconcilePass(deps, { signal: stopped, isDue: times.isDue });
      for (const { record, moved } of report.doubts) times.looked(record.id, moved);
      tell(report, log);
      deps.onPass(report);
    } finally {
      await doubts.endLease(deps.holder);
    }
  });
};

const SAID: Readonly<Partial<Record<Moved, string>>> = {
  adopted: 'doubt settled: its task was found and is polled',
  released: 'doubt settled: it made no task; submitted anew when due',
  dead_lettered: 'doubt settled: it made no task, once too often',
  held: 'doubt held for a person: outpaint reconcile shows it',
  taken: 'a task was about to be adopted and belongs to another row: nothing was done',
};

const tell = (report: PassReport, log: Logger): void => {
  for (const { record, verdict, moved } of report.doubts) {
    const text = SAID[moved];
    if (text === undefined) continue;
    const facts = {
      ...namesOf(record),
      event: moved,
      code: record.doubtCode,
      ...(verdict.kind === 'adopt' ? { task_id: verdict.task.taskId, by: verdict.by } : {}),
      ...(verdict.kind === 'hold' ? { reason: verdict.reason, meaning: HOLD_TEXT[verdict.reason] } : {}),
    };
    log[moved === 'held' || moved === 'taken' ? 'warn' : 'info'](facts, text);
  }
  for (const suspect of report.suspects) {
    log.error(
      { ...suspect },
      'suspected duplicate: a task appeared whose submit had been let go; its row may be paid twice',
    );
  }
  if (report.failed !== null) log.warn({ code: report.failed }, "the account's list could not be read; doubts wait");
};
