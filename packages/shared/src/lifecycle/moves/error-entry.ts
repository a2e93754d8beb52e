// How a failure is kept in a record's list of errors.
import { boundedMessage, type Failure } from '../failure.ts';
import type { Transition } from '../transition.ts';

export const errorEntry = (
  stage: string,
  failure: Failure,
  taskId?: string | null,
): NonNullable<Transition['error']> => ({
  stage,
  code: failure.code,
  class: failure.class,
  message: boundedMessage(failure.message),
  ...(failure.requestId ? { request_id: failure.requestId } : {}),
  ...(taskId ? { task_id: taskId } : {}),
});

/** An account fault as the line keeps it. */
export const haltBy = (failure: Failure, probeMs: number): NonNullable<Transition['halt']> => ({
  code: failure.code,
  message: boundedMessage(failure.message),
  probe_in: probeMs,
});
