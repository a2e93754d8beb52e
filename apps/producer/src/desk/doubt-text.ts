// Doubts, suspects and strangers in words. Pure.
import type { ExpansionRecord } from '@outpaint/shared/lifecycle/record';
import type { Suspect } from '@outpaint/shared/record/doubt-store';
import { countText } from '../terminal/count-text.ts';
import { printable } from '../terminal/printable.ts';
import { timeText } from '../terminal/time-text.ts';
import { holdText } from '../view/doubt-json.ts';

/** The evidence of one doubt: what a person needs to decide it. */
export const doubtText = (record: ExpansionRecord): string => {
  const { id, batch, request, doubtCode, sentAt, failedAt, submitRequestId, holdReason, holdCandidates } = record;
  const window =
    failedAt === null ? `${timeText(sentAt)}, its end is not known` : `${timeText(sentAt)} to ${timeText(failedAt)}`;
  return [
    `${id}  ${printable(`${batch}/${request.custom_id}`)}  ${printable(doubtCode ?? 'unknown')}`,
    `  sent     ${window}`,
    ...(submitRequestId === null ? [] : [`  request  ${printable(submitRequestId)}`]),
    `  ${holdReason === null ? 'waits    for the settle delay, or for the list' : `held     ${holdText(holdReason)}`}`,
    ...holdCandidates.map(
      (task) => `  task     ${printable(task.task_id)}  made ${timeText(task.created_at)}  ${printable(task.status)}`,
    ),
  ].join('\n');
};

export const suspectText = (suspect: Suspect): string =>
  `${printable(suspect.task_id)}  made ${timeText(suspect.created_at)}  perhaps of ${suspect.expansion_ids.join(', ')} (${
    suspect.why === 'listed' ? 'listed after its submit was released' : 'its answer came after its row had gone on'
  })`;

export const strangersText = (count: number): string =>
  `${countText(count, 'task')} of our key ${count === 1 ? 'belongs' : 'belong'} to no submit of this installation: is the key really dedicated to it?`;

export const DECIDE_HINT =
  'Decide with: outpaint reconcile --adopt ID=TASK | --release ID | --give-up ID. Look at the task’s picture first: a swapped picture is worse than a held one.';
