// The poll stage: one look at a task, at no cost; what is not finished comes again later.
import { classify } from '@outpaint/shared/errors/classify';
import type { Outcome } from '@outpaint/shared/lifecycle/outcome';
import type { StageStep } from '@outpaint/shared/lifecycle/step';
import type { Upstream } from '@outpaint/shared/upstream/create-upstream';
import type { TaskAnswer } from '@outpaint/shared/upstream/query';

export const createPollStage =
  (deps: { readonly upstream: Pick<Upstream, 'query'> }): StageStep =>
  async (record, context): Promise<Outcome> => {
    if (record.taskId === null) return { kind: 'drop', reason: 'the record has no task' };
    const cut = AbortSignal.any([context.lastCall, context.lockLost]);
    const answer = await deps.upstream.query(record.taskId, { signal: cut });
    if (answer.kind === 'failed') {
      if (context.lockLost.aborted) return { kind: 'drop', reason: 'the lock of the token is lost' };
      return context.lastCall.aborted ? { kind: 'released' } : { kind: 'query_failed', failure: answer.failure };
    }
    if (answer.status === 'CANCELED' && record.withdraw !== null) return { kind: 'withdrawn' };
    return outcomeOf(answer);
  };

const outcomeOf = (task: Extract<TaskAnswer, { kind: 'task' }>): Outcome => {
  switch (task.status) {
    // UNKNOWN also means "state unknown": not an ending before the deadline.
    case 'PENDING':
    case 'RUNNING':
    case 'SUSPENDED':
    case 'UNKNOWN':
      return { kind: 'unfinished', taskStatus: task.status };
    case 'SUCCEEDED':
      if (task.resultUrl !== null)
        return {
          kind: 'generated',
          resultUrl: task.resultUrl,
          imageCount: task.imageCount ?? 1,
          taskMs: task.submittedAt !== null && task.endedAt !== null ? task.endedAt - task.submittedAt : null,
        };
      return {
        kind: 'query_failed',
        failure: {
          code: 'upstream_bad_answer',
          class: 'transient',
          message: 'The task SUCCEEDED but the answer names no result.',
          requestId: task.requestId,
        },
      };
    case 'FAILED': {
      const code = task.code ?? 'task_failed_without_code';
      const message = task.message ?? '';
      return {
        kind: 'task_failed',
        failure: { code, class: classify({ code, message }).class, message, requestId: task.requestId },
      };
    }
    case 'CANCELED':
      return {
        kind: 'task_failed',
        failure: {
          code: 'task_canceled',
          class: 'permanent',
          message: 'The task was cancelled upstream; it was not billed.',
          requestId: task.requestId,
        },
      };
  }
};
