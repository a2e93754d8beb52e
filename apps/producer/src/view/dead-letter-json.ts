// A dead letter as the desk shows it: why, what it means, what can be done.
import type { IntakeLetter } from '@outpaint/shared/contract/dead-letter';
import { explain } from '@outpaint/shared/errors/classify';
import type { DeadRecord } from '../desk/dead-rows.ts';

/** From the record, which is the truth; the letter in the queue may have been taken. */
export const deadRowJson = (record: DeadRecord) => ({
  id: record.id as string,
  expansion_id: record.id as string | null,
  batch: record.batch as string | null,
  custom_id: record.request.custom_id as string | null,
  stage: record.deadStage,
  code: record.deadCode ?? 'unknown',
  class: record.deadClass,
  message: record.deadMessage ?? '',
  billed: record.billed as string,
  task_id: record.taskId as string | null,
  upstream_request_id: record.deadRequestId,
  attempts: record.attempts + record.sourceAttempts + record.deliverAttempts + 1,
  dead_at: new Date(record.deadAt ?? 0).toISOString(),
  ...explain(record.deadCode ?? 'unknown'),
});

export type DeadLetterJson = ReturnType<typeof deadRowJson>;

export const intakeLetterJson = (letterId: string, letter: IntakeLetter): DeadLetterJson => ({
  id: letterId,
  expansion_id: null,
  batch: letter.batch,
  custom_id: letter.custom_id,
  stage: letter.stage,
  code: letter.code,
  class: letter.class,
  message: letter.message,
  billed: 'no',
  task_id: null,
  upstream_request_id: null,
  attempts: letter.attempts,
  dead_at: new Date(letter.dead_at).toISOString(),
  ...explain(letter.code),
});
