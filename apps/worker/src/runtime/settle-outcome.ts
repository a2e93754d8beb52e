// Turns an outcome into its transition and its next token: the only place where a stage's work meets the queues.

import { codeOf } from '@outpaint/shared/errors/outpaint-error';
import type { Random } from '@outpaint/shared/lifecycle/backoff';
import type { Clock } from '@outpaint/shared/lifecycle/clock';
import { toTaken } from '@outpaint/shared/lifecycle/moves/submit-moves';
import type { Outcome } from '@outpaint/shared/lifecycle/outcome';
import { doubtSlotMs, type Policy } from '@outpaint/shared/lifecycle/policy';
import type { ExpansionRecord } from '@outpaint/shared/lifecycle/record';
import { settle } from '@outpaint/shared/lifecycle/settlement';
import type { Stage } from '@outpaint/shared/lifecycle/stage';
import type { Transition } from '@outpaint/shared/lifecycle/transition';
import type { TokenQueues } from '@outpaint/shared/queue/token-queues';
import type { DoubtStore } from '@outpaint/shared/record/doubt-store';
import type { Applied, RecordStore } from '@outpaint/shared/record/record-store';
import type { Logger } from '@outpaint/shared/telemetry/logger';
import type { Tracing } from '@outpaint/shared/telemetry/tracing';
import { writeLetter } from '../dead-letter/write-letter.ts';
import { beforeTheEnd } from './before-the-end.ts';
import type { StepEnd } from './run-step.ts';

export interface SettleOutcomeDeps {
  readonly records: RecordStore;
  readonly doubts: Pick<DoubtStore, 'suspectLate'>;
  readonly queues: Pick<TokenQueues, 'addToken' | 'addLetter'>;
  readonly policy: Policy;
  readonly clock: Clock;
  readonly random: Random;
  readonly newCaller: () => string;
  readonly tracing: Tracing;
  readonly lastCall: AbortSignal;
  /** A task has shown how long it took. */
  readonly onLearned: (learned: NonNullable<Transition['learned']>) => void;
  /** A slot or a place among the undelivered may have become free: the feed should look. */
  readonly onMoved: () => void;
}

/** Pause between two tries to write an outcome while Redis is away. */
const REPEAT_MS = 1_000;

export type SettleOutcome = (record: ExpansionRecord, stage: Stage, outcome: Outcome, log: Logger) => Promise<StepEnd>;

/**
 * Apply the transition, add the next token, return: in this order. A crash after the first leaves a record without a
 * token, which the watch list knows; a crash before it leaves everything as it was.
 */
export const createSettleOutcome =
  (deps: SettleOutcomeDeps): SettleOutcome =>
  async (record, stage, outcome, log) => {
    const { transition, next } = settle(record, stage, outcome, deps.policy, deps.clock.now(), deps.random);
    let hop = record.hop;
    if (transition !== null) {
      const applied = await applySurely(deps, record, transition, log);
      if (applied.kind === 'taken') return taken(deps, record, outcome, applied.by, log);
      if (outcome.kind === 'submitted' && applied.kind !== 'applied' && applied.kind !== 'repeated')
        return tooLate(deps, record, outcome, log);
      if (applied.kind === 'refused' || applied.kind === 'gone') {
        log.warn({ outcome: outcome.kind, refused: applied }, 'outcome came too late: the record has moved on');
        return { kind: 'done' };
      }
      hop = applied.hop;
      if (applied.kind === 'applied' && applied.lineHalted) {
        log.error(
          { code: transition.halt?.code, reason: transition.halt?.message },
          'line halted: the account is at fault; no picture is submitted until a probe succeeds',
        );
      }
      log[transition.name === 'polled' ? 'debug' : 'info'](
        { event: transition.name, status: transition.to, ...factsOf(outcome) },
        'expansion moved',
      );
      if (transition.learned) deps.onLearned(transition.learned);
      deps.onMoved();
    }
    switch (next.kind) {
      case 'token':
        await deps.queues.addToken(next.stage, record.id, hop, next.delayMs, next.priority);
        return { kind: 'done' };
      case 'letter':
        await writeLetter(deps, record.id);
        return { kind: 'done' };
      case 'snooze':
        return next;
      case 'done':
        return next;
    }
  };

type Submitted = Extract<Outcome, { kind: 'submitted' }>;

/** The row was let go from doubt and has gone on without this task: unless it was adopted, it is one too many. */
const tooLate = async (
  deps: SettleOutcomeDeps,
  record: ExpansionRecord,
  { taskId }: Submitted,
  log: Logger,
): Promise<StepEnd> => {
  const suspect = {
    task_id: taskId,
    expansion_ids: [record.id],
    why: 'late_answer',
    created_at: null,
    found_at: deps.clock.now(),
  } as const;
  if (await deps.doubts.suspectLate(record.id, suspect))
    log.error({ ...suspect }, 'suspected duplicate: an answer came after its row had gone on; it may be paid twice');
  return { kind: 'done' };
};

/** Upstream gave two rows the same task, or a doubt adopted this row's: nobody can tell whose the picture is. */
const taken = async (
  deps: SettleOutcomeDeps,
  record: ExpansionRecord,
  outcome: Outcome,
  by: string,
  log: Logger,
): Promise<StepEnd> => {
  log.error({ ...factsOf(outcome), taken_by: by }, 'the task of this answer belongs to another row; held in doubt');
  if (outcome.kind !== 'submitted') return { kind: 'done' };
  const failure = {
    code: 'task_taken',
    class: 'in_doubt',
    message: `The answer names the task ${outcome.taskId}, which belongs to ${by}.`,
    requestId: outcome.requestId,
  } as const;
  await applySurely(deps, record, toTaken(outcome.licence, failure, doubtSlotMs(deps.policy)), log);
  return { kind: 'done' };
};

/**
 * An answer of upstream is money: it is written however long Redis is away, under one caller token, until this worker
 * has to end. What could not be written then is in the log, whole, and its row becomes a doubt.
 */
const applySurely = async (
  deps: SettleOutcomeDeps,
  record: ExpansionRecord,
  transition: Transition,
  log: Logger,
): Promise<Applied> => {
  const caller = deps.newCaller();
  for (;;) {
    try {
      return await beforeTheEnd(deps.records.apply(record, transition, caller), deps.lastCall, deps.clock);
    } catch (error) {
      if (codeOf(error) === 'record_newer') throw error;
      if (deps.lastCall.aborted) {
        log.error({ err: error, transition }, 'outcome not written before the end of this worker');
        throw error;
      }
      log.error({ code: codeOf(error), event: transition.name }, 'outcome not written yet: Redis does not answer');
      await deps.clock.wait(REPEAT_MS, deps.lastCall);
    }
  }
};

const factsOf = (outcome: Outcome): Record<string, unknown> => {
  if ('failure' in outcome) {
    const { code, class: errorClass, httpStatus, requestId } = outcome.failure;
    return { code, class: errorClass, http_status: httpStatus ?? null, upstream_request_id: requestId ?? null };
  }
  if (outcome.kind === 'submitted') return { task_id: outcome.taskId };
  if (outcome.kind === 'postponed') return { reason: outcome.reason };
  return {};
};
