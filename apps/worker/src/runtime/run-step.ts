// The life of one token: read the record, run the stage on it, settle the outcome.
import type { StageToken } from '@outpaint/shared/contract/stage-token';
import type { Outcome } from '@outpaint/shared/lifecycle/outcome';
import { STATUS_OF_STAGE, type Stage } from '@outpaint/shared/lifecycle/stage';
import type { StageStep, StepContext } from '@outpaint/shared/lifecycle/step';
import type { RecordStore } from '@outpaint/shared/record/record-store';
import type { Logger } from '@outpaint/shared/telemetry/logger';
import type { SettleOutcome } from './settle-outcome.ts';

/** What becomes of the BullMQ job that carried the token. */
export type StepEnd = { readonly kind: 'done' } | { readonly kind: 'snooze'; readonly delayMs: number };

export interface RunStepDeps {
  readonly records: Pick<RecordStore, 'read'>;
  readonly settleOutcome: SettleOutcome;
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
  const record = await deps.records.read(token.id);
  const log = deps.log.child({ stage, expansion_id: token.id, hop: token.hop });
  if (record === null || record.hop !== token.hop || record.status !== STATUS_OF_STAGE[stage]) {
    log.debug(
      { status: record?.status ?? null, record_hop: record?.hop ?? null },
      'token dropped: the record is elsewhere',
    );
    return { kind: 'done' };
  }
  const outcome: Outcome = await step(record, context);
  return deps.settleOutcome(record, stage, outcome, log);
};
