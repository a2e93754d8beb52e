// One trial against the API: what its steps share, and the only two ways in which they ask it for something that costs.
import type { Clock } from '@outpaint/shared/lifecycle/clock';
import type { Upstream } from '@outpaint/shared/upstream/create-upstream';
import type { UpstreamFailure } from '@outpaint/shared/upstream/failure';
import type { TaskAnswer } from '@outpaint/shared/upstream/query';
import type { Answers } from './answer.ts';
import type { ExchangeLog } from './exchange-log.ts';
import type { Purse } from './purse.ts';

export interface TrialTask {
  readonly purpose: 'zero_extension' | 'base64' | 'queue' | 'picture';
  readonly taskId: string;
  /** Of the submit. */
  readonly requestId: string | null;
  readonly source: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Epoch ms: when the submit was answered. */
  readonly answeredAt: number;
  seen: Extract<TaskAnswer, { kind: 'task' }> | null;
  /** Each status as the API wrote it, and when it was first and last seen, epoch ms. */
  readonly history: { readonly status: string; readonly at: number; until: number }[];
  ended: boolean;
}

/** Why the trial submits no more; the first reason stands. */
export type StopReason = 'in_doubt' | 'account' | 'throttled' | 'refused' | 'unreachable' | 'interrupted';

export interface Trial {
  readonly upstream: Upstream;
  readonly clock: Clock;
  readonly purse: Purse;
  readonly answers: Answers;
  readonly log: ExchangeLog;
  readonly sources: readonly string[];
  /** Between two looks at the tasks, ms. */
  readonly tickMs: number;
  /** Aborted by Ctrl-C: waits and queries end at once, a submit under way is still listened to. */
  readonly signal: AbortSignal;
  readonly tasks: TrialTask[];
  /** This run has seen a request that extends nothing fail without being billed. */
  nothingIsFree: boolean;
  /** For a person who waits. */
  readonly say: (step: string) => void;
  stopped: { readonly reason: StopReason; readonly failure: UpstreamFailure | null } | null;
  /** Why the last submit was refused; null when it was taken. */
  lastRefusal: UpstreamFailure | null;
  lastSubmitAt: number | null;
}

/** The account's limit is 2 submits per second; a little more apart, for the network shifts them. */
const SUBMIT_GAP_MS = 550;
/** A picture takes 10 to 30 s; with one slot five of them follow one another. */
export const WATCH_MS_MAX = 15 * 60_000;

export const stop = (trial: Trial, reason: StopReason, failure: UpstreamFailure | null = null): void => {
  trial.stopped ??= { reason, failure };
};

/**
 * Submits one picture, or nothing: the purse is asked first, and what is taken from it comes back only with a clear
 * refusal. An answer that was lost counts as paid and stops all further submits. Only `queue`, which repeats a request
 * that this run has seen fail unbilled, goes beyond the purse; should it cost something after all, it is counted.
 */
export const submitOne = async (
  trial: Trial,
  purpose: TrialTask['purpose'],
  source: string,
  parameters: Record<string, unknown>,
): Promise<TrialTask | null> => {
  const { clock, purse } = trial;
  if (trial.lastSubmitAt !== null) {
    await clock.wait(Math.max(0, trial.lastSubmitAt + SUBMIT_GAP_MS - clock.monotonic()), trial.signal);
  }
  if (trial.signal.aborted) stop(trial, 'interrupted');
  const isBeyond = purpose === 'queue' && trial.nothingIsFree;
  if (trial.stopped !== null || !(isBeyond || purse.take())) return null;
  // Never aborted from here: an aborted submit may be a paid one.
  const answer = await trial.upstream.submit(
    { imageUrl: source, parameters },
    { signal: new AbortController().signal },
  );
  // From the answer on: by then the API has counted it, however long it was on its way.
  trial.lastSubmitAt = clock.monotonic();
  if (answer.kind === 'in_doubt') {
    if (isBeyond) purse.add();
    stop(trial, 'in_doubt', answer.failure);
    return null;
  }
  trial.lastRefusal = answer.kind === 'refused' ? answer.failure : null;
  if (answer.kind === 'refused') {
    if (!isBeyond) purse.giveBack();
    const reason = stopReasonOf(answer.failure);
    // That an odd request is refused is an answer like another.
    if (reason !== 'refused' || purpose === 'picture') stop(trial, reason, answer.failure);
    return null;
  }
  const { taskId, requestId } = answer;
  const task: TrialTask = {
    purpose,
    taskId,
    requestId,
    source,
    parameters,
    answeredAt: clock.now(),
    seen: null,
    history: [],
    ended: false,
  };
  trial.tasks.push(task);
  // At once: whoever kills this run still knows what may be paid.
  trial.say(`task ${taskId} (${purpose})`);
  return task;
};

const stopReasonOf = ({ code, class: errorClass }: UpstreamFailure): StopReason => {
  if (code === 'upstream_unreachable') return 'unreachable';
  return errorClass === 'throttled' || errorClass === 'account' ? errorClass : 'refused';
};

const ENDED: readonly string[] = ['SUCCEEDED', 'FAILED', 'CANCELED'];

/** Our client reads an unknown status as SUSPENDED; here it is wanted as it was written. */
const writtenStatus = ({ log }: Trial): string | null => {
  const { output } = (log.lastJson() ?? {}) as { output?: { task_status?: unknown } | null };
  return typeof output?.task_status === 'string' ? output.task_status.slice(0, 40) : null;
};

/** Asks once for a task; a task that ended without a picture gives its money back, once. */
export const look = async (trial: Trial, task: TrialTask): Promise<void> => {
  const answer = await trial.upstream.query(task.taskId, { signal: trial.signal });
  if (answer.kind !== 'task') return;
  task.seen = answer;
  const written = writtenStatus(trial) ?? answer.status;
  const now = trial.clock.now();
  const last = task.history.at(-1);
  if (last?.status === written) last.until = now;
  else task.history.push({ status: written, at: now, until: now });
  if (task.ended || !ENDED.includes(answer.status)) return;
  task.ended = true;
  const isPaid = answer.status === 'SUCCEEDED';
  if (task.purpose === 'queue' && isPaid) trial.purse.add();
  if (task.purpose !== 'queue' && !isPaid) trial.purse.giveBack();
};

/** Looks in rounds until all have ended, `enough` is true, the time is up or somebody interrupts. */
export const watch = async (
  trial: Trial,
  tasks: readonly TrialTask[],
  enough: () => boolean = () => false,
): Promise<void> => {
  const { clock } = trial;
  const deadline = clock.monotonic() + WATCH_MS_MAX;
  while (tasks.some((task) => !task.ended) && !enough() && !trial.signal.aborted && clock.monotonic() < deadline) {
    trial.log.about('watch');
    for (const task of tasks) if (!task.ended && !trial.signal.aborted) await look(trial, task);
    await clock.wait(trial.tickMs, trial.signal);
  }
};
