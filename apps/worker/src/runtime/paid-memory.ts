// What the submit stage tells of its paid calls beside Redis: to this worker's memory, and to its log.
import { SUBMIT_ANSWERED } from '@outpaint/shared/record/journal';
import type { Logger } from '@outpaint/shared/telemetry/logger';
import type { SubmitStageDeps } from '../submit/submit-stage.ts';
import type { SubmitMemory } from '../went-back/submit-memory.ts';

export const paidMemory = (
  memory: SubmitMemory,
  ready: () => Promise<void>,
  log: Logger,
): SubmitStageDeps['memory'] => ({
  ready,
  seen: memory.seen,
  see: memory.see,
  answered: (submit) => {
    memory.keep(submit);
    // Whole and at once: `outpaint reconcile --journal` reads it where Redis has forgotten and this worker is gone.
    const { id, licence, at, mark, taskId, requestId } = submit;
    const facts = { expansion_id: id, task_id: taskId, upstream_request_id: requestId, licence, granted_at: at, mark };
    log.info({ event: SUBMIT_ANSWERED, ...facts }, 'submit answered');
  },
});
