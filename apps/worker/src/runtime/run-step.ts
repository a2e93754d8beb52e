// The life of one token: read the record, run the stage on it, settle the outcome.
import type { StageToken } from '@outpaint/shared/contract/stage-token';
import { codeOf } from '@outpaint/shared/errors/outpaint-error';
import type { Outcome } from '@outpaint/shared/lifecycle/outcome';
import type { ExpansionRecord } from '@outpaint/shared/lifecycle/record';
import { STATUS_OF_STAGE, type Stage } from '@outpaint/shared/lifecycle/stage';
import type { StageStep, StepContext } from '@outpaint/shared/lifecycle/step';
import { NEWER_WAIT_MS } from '@outpaint/shared/queue/job-options';
import type { RecordStore } from '@outpaint/shared/record/record-store';
import type { Logger } from '@outpaint/shared/telemetry/logger';
import { namesOf } from '@outpaint/shared/telemetry/names-of';
import type { Tracing } from '@outpaint/shared/telemetry/tracing';
import type { SettleOutcome } from './settle-outcome.ts';

/** What becomes of the BullMQ job that carried the token. */
export type StepEnd = { readonly kind: 'done' } | { readonly kind: 'snooze'; readonly delayMs: number };

export interface RunStepDeps {
  readonly records: Pick<RecordStore, 'read'>;
  readonly settleOutcome: SettleOutcome;
  readonly tracing: Tracing;
  readonly log: Logger;
}

/**
 * Safe to run twice at once on the same token: every stage looks at the record first, and every transition compares
 * what was read. A token of another hop, of another status, or without a record does nothing.
 */
export const runStep = async (
  deps: RunStepDeps,
  stage: Stage,
  step: StageStep,
  token: StageToken,
  context: StepContext,
): Promise<StepEnd> => {
  const log = deps.log.child({ stage, expansion_id: token.id, hop: token.hop });
  let record: ExpansionRecord | null;
  try {
    record = await deps.records.read(token.id);
  } catch (error) {
    if (codeOf(error) !== 'record_newer') throw error;
    log.warn('the record is newer than this worker, which leaves it to one that knows it');
    return { kind: 'snooze', delayMs: NEWER_WAIT_MS };
  }
  if (record === null || record.hop !== token.hop || record.status !== STATUS_OF_STAGE[stage]) {
    log.debug(
      { status: record?.status ?? null, record_hop: record?.hop ?? null },
      'token dropped: the record is elsewhere',
    );
    return { kind: 'done' };
  }
  const found = record;
  const names = namesOf(found);
  return deps.tracing.during(stage, { parent: found.trace, facts: { ...names, hop: token.hop } }, async (span) => {
    const outcome: Outcome = await step(found, context);
    span.note({ outcome: outcome.kind, ...('taskId' in outcome ? { task_id: outcome.taskId } : {}) });
    return deps.settleOutcome(found, stage, outcome, deps.log.child({ stage, ...names, hop: token.hop }));
  });
};
