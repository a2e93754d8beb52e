// Writes the letter of a dead-lettered row: one job per death, with everything that a person needs.
import { type ExpansionLetter, letterJobId } from '@outpaint/shared/contract/dead-letter';
import type { ExpansionId } from '@outpaint/shared/contract/ids';
import { toLetterWritten } from '@outpaint/shared/lifecycle/moves/ending-moves';
import type { ExpansionRecord } from '@outpaint/shared/lifecycle/record';
import type { TokenQueues } from '@outpaint/shared/queue/token-queues';
import type { RecordStore } from '@outpaint/shared/record/record-store';
import { namesOf } from '@outpaint/shared/telemetry/names-of';
import { noTracing, type Tracing } from '@outpaint/shared/telemetry/tracing';

export const letterOf = (record: ExpansionRecord): ExpansionLetter => ({
  v: 1,
  expansion_id: record.id,
  batch: record.batch,
  custom_id: record.request.custom_id,
  request: record.request,
  stage: (record.deadStage ?? 'submit') as ExpansionLetter['stage'],
  code: record.deadCode ?? 'unknown',
  class: (record.deadClass ?? 'permanent') as ExpansionLetter['class'],
  message: record.deadMessage ?? '',
  upstream_request_id: record.deadRequestId,
  task_id: record.taskId,
  attempts: record.attempts + record.sourceAttempts + record.deliverAttempts + 1,
  errors: record.errors,
  dead_at: record.deadAt ?? 0,
});

/**
 * Adds the letter, then flags the record. A crash between the two leaves the row on the watch list and the sweeper
 * calls this again: the letter's id makes the second add harmless. Once flagged, a letter that somebody consumed
 * stays gone.
 */
export const writeLetter = async (
  deps: {
    records: RecordStore;
    queues: Pick<TokenQueues, 'addLetter'>;
    newCaller: () => string;
    tracing?: Tracing;
  },
  id: ExpansionId,
): Promise<void> => {
  const record = await deps.records.read(id);
  if (record === null || record.status !== 'dead_lettered' || record.letterWritten) return;
  const facts = { ...namesOf(record), code: record.deadCode };
  await (deps.tracing ?? noTracing).during('dead-letter', { parent: record.trace, facts }, async () => {
    await deps.queues.addLetter(letterJobId(record.id, record.deaths), letterOf(record));
    await deps.records.apply(record, toLetterWritten(record), deps.newCaller());
  });
};
