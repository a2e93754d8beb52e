// Carries out what a person began: withdraws the rows of cancelled batches, and the tasks that wait upstream.
import type { CancelStore } from '@outpaint/shared/batch/cancel-store';
import type { BatchName } from '@outpaint/shared/contract/ids';
import type { Clock } from '@outpaint/shared/lifecycle/clock';
import { toNotWithdrawn, toWithdrawing, toWithdrawn } from '@outpaint/shared/lifecycle/moves/withdraw-moves';
import type { ExpansionRecord } from '@outpaint/shared/lifecycle/record';
import type { RecordStore } from '@outpaint/shared/record/record-store';
import type { Logger } from '@outpaint/shared/telemetry/logger';
import { namesOf } from '@outpaint/shared/telemetry/names-of';
import type { Upstream } from '@outpaint/shared/upstream/create-upstream';
import { type Rounds, startRounds } from '../rounds/start-rounds.ts';

export interface CancellerDeps {
  readonly cancels: CancelStore;
  readonly records: Pick<RecordStore, 'readMany' | 'apply'>;
  readonly upstream: Pick<Upstream, 'cancel'>;
  readonly newCaller: () => string;
  readonly everyMs: number;
  readonly clock: Clock;
  /** Names this worker to the others. */
  readonly holder: string;
  readonly log: Logger;
  /** Rows went, or a slot became free. */
  readonly onMoved: () => void;
}

/** Renewed with each chunk; a call to upstream that takes longer lets another worker join, which is harmless. */
const LEASE_MS = 3_000;

/** The mark goes before the call, the answer after it: killed in between, a look at the task tells what became of it. */
const withdraw = async (deps: CancellerDeps, record: ExpansionRecord, signal: AbortSignal): Promise<void> => {
  if (record.taskId === null) return;
  if (record.withdraw === null) {
    const marked = await deps.records.apply(record, toWithdrawing(record), deps.newCaller());
    if (marked.kind !== 'applied' && marked.kind !== 'repeated') return;
  }
  const answer = await deps.upstream.cancel(record.taskId, { signal });
  // Nothing is known: the next round asks again, unless the task has ended meanwhile.
  if (answer.kind === 'failed') return;
  const move = answer.kind === 'cancelled' ? toWithdrawn(record) : toNotWithdrawn(record);
  const applied = await deps.records.apply(record, move, deps.newCaller());
  if (applied.kind === 'applied')
    deps.log.info({ ...namesOf(record), event: move.name, status: move.to }, 'expansion moved');
};

/** All that can be cancelled of one batch now. Safe to repeat, also at once on several workers. */
const cancelBatch = async (deps: CancellerDeps, name: BatchName, stopped: AbortSignal): Promise<void> => {
  let moved = 0;
  while (!stopped.aborted && (await deps.cancels.lease(deps.holder, LEASE_MS))) {
    const { cancelled } = await deps.cancels.rows(name);
    moved += cancelled;
    if (cancelled === 0) break;
  }
  if (moved > 0) deps.log.info({ batch: name, rows: moved }, 'rows cancelled: nothing was paid for them');
  for (const record of await deps.records.readMany(await deps.cancels.withdrawable(name))) {
    if (stopped.aborted || !(await deps.cancels.lease(deps.holder, LEASE_MS))) break;
    if (record?.status === 'submitted') await withdraw(deps, record, stopped);
  }
  deps.onMoved();
};

export const startCanceller = (deps: CancellerDeps): Rounds =>
  startRounds({ ...deps, failure: 'cancelling failed; the next round goes on' }, async (stopped) => {
    for (const name of await deps.cancels.under()) {
      if (stopped.aborted || !(await deps.cancels.lease(deps.holder, LEASE_MS))) return;
      await cancelBatch(deps, name, stopped);
      await deps.cancels.endLease(deps.holder);
    }
  });
