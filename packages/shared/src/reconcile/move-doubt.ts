// Applies a verdict to the doubt that it was given for: the transition, then its token or its letter.
import type { ExpansionId } from '../contract/ids.ts';
import { type Random, retryDelayMs } from '../lifecycle/backoff.ts';
import { toAdopted, toHeld, toReleased, toReleasedToDeath } from '../lifecycle/moves/doubt-moves.ts';
import type { Policy } from '../lifecycle/policy.ts';
import type { Verdict } from '../lifecycle/reconcile/verdict.ts';
import type { ExpansionRecord } from '../lifecycle/record.ts';
import type { Transition } from '../lifecycle/transition.ts';
import type { TokenQueues } from '../queue/token-queues.ts';
import type { RecordStore } from '../record/record-store.ts';

export interface MoveDeps {
  readonly records: Pick<RecordStore, 'apply'>;
  readonly queues: Pick<TokenQueues, 'addToken'>;
  readonly policy: Policy;
  readonly random: Random;
  readonly newCaller: () => string;
  /** Writes the letter of a row that died; the sweeper does it later where this is left out. */
  readonly writeLetter?: (id: ExpansionId) => Promise<void>;
}

/** `waits`: nothing to do yet · `still_held`: held before for the same reason · `moved_on`: somebody was quicker. */
export type Moved = 'adopted' | 'released' | 'dead_lettered' | 'held' | 'still_held' | 'waits' | 'moved_on' | 'taken';

export const moveDoubt = async (deps: MoveDeps, record: ExpansionRecord, given: Verdict): Promise<Moved> => {
  // Upstream has named a task of another row for it: what its list shows is not to be trusted with this one.
  const verdict: Verdict =
    record.doubtCode === 'task_taken' && given.kind !== 'wait'
      ? {
          kind: 'hold',
          submit: given.submit,
          reason: 'task_taken',
          candidates: 'candidates' in given ? given.candidates : [],
        }
      : given;
  switch (verdict.kind) {
    case 'wait':
      return 'waits';
    case 'adopt':
      return adopt(deps, record, verdict.task);
    case 'release':
      return release(deps, record);
    case 'hold': {
      const known = record.holdCandidates.map(({ task_id }) => task_id).join();
      const same =
        verdict.candidates
          .map(({ taskId }) => taskId)
          .slice(0, record.holdCandidates.length)
          .join() === known;
      if (record.holdReason === verdict.reason && same) return 'still_held';
      return (await applied(deps, record, toHeld(record, verdict.reason, verdict.candidates))) ? 'held' : 'moved_on';
    }
  }
};

/** The row goes on with this task: polled at once, for it may have been finished for long. */
export const adopt = async (
  deps: MoveDeps,
  record: ExpansionRecord,
  task: { readonly taskId: string; readonly requestId: string | null },
): Promise<'adopted' | 'taken' | 'moved_on'> => {
  const transition = toAdopted(record, task, deps.policy.rescueMarginMs);
  const answer = await deps.records.apply(record, transition, deps.newCaller());
  if (answer.kind === 'taken') return 'taken';
  if (answer.kind !== 'applied' && answer.kind !== 'repeated') return 'moved_on';
  await deps.queues.addToken('poll', record.id, answer.hop, 0);
  return 'adopted';
};

/** Submitted anew when due; a row whose POSTs keep ending in doubt dies after TRANSIENT_ATTEMPTS_MAX of them. */
export const release = async (
  deps: MoveDeps,
  record: ExpansionRecord,
): Promise<'released' | 'dead_lettered' | 'moved_on'> => {
  const { policy } = deps;
  const attempts = record.attempts + 1;
  if (attempts < policy.transientAttemptsMax) {
    const bounds = { delayMsMin: policy.retryDelayMsMin, delayMsMax: policy.retryDelayMsMax };
    const dueMs = retryDelayMs(attempts, bounds, deps.random);
    return (await applied(deps, record, toReleased(record, dueMs, policy))) ? 'released' : 'moved_on';
  }
  const failure = {
    code: record.doubtCode ?? 'upstream_timeout',
    class: 'transient',
    message: `None of ${attempts} submits was answered; upstream lists no task of the last one.`,
  } as const;
  if (!(await applied(deps, record, toReleasedToDeath(record, failure, policy)))) return 'moved_on';
  await deps.writeLetter?.(record.id);
  return 'dead_lettered';
};

const applied = async (deps: MoveDeps, record: ExpansionRecord, transition: Transition): Promise<boolean> => {
  const { kind } = await deps.records.apply(record, transition, deps.newCaller());
  return kind === 'applied' || kind === 'repeated';
};
