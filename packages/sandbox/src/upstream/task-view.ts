// How a task is shown to the one who asks for it, status by status.
import { formatBeijing } from './beijing-time.ts';
import type { ResultStore } from './result-store.ts';
import type { Task } from './task.ts';

interface Shown {
  readonly output: Readonly<Record<string, unknown>>;
  /** Only of a task that succeeded. */
  readonly usage?: { readonly image_count: 1 };
}

/** UNKNOWN, which is all that is said about a task that is not there. */
export function unknownTask(id: string): Shown {
  return { output: { task_id: id, task_status: 'UNKNOWN' } };
}

/** The `output` and `usage` of a task, as documented; `resign` gives a finished one a fresh address. */
export function taskView(task: Task, results: ResultStore, resign: boolean): Shown {
  const { id, status, createdAt, scheduledAt, endedAt, result } = task;
  if (status === 'UNKNOWN') return unknownTask(id);
  const output: Record<string, unknown> = { task_id: id, task_status: status, submit_time: formatBeijing(createdAt) };
  if (scheduledAt !== null) output.scheduled_time = formatBeijing(scheduledAt);
  if (endedAt !== null) output.end_time = formatBeijing(endedAt);
  if (status === 'SUCCEEDED' && result !== null) {
    output.output_image_url = resign ? results.resign(result) : result.url;
    return { output, usage: { image_count: 1 } };
  }
  if (status === 'FAILED') {
    output.code = task.code;
    output.message = task.message;
  }
  output.task_metrics = metricsOf(task);
  return { output };
}

/** The documentation's own sample of a RUNNING task says SUCCEEDED 1, so that is what a RUNNING task says here. */
function metricsOf({ status }: Task): Readonly<Record<'TOTAL' | 'SUCCEEDED' | 'FAILED', number>> {
  return { TOTAL: 1, SUCCEEDED: status === 'RUNNING' ? 1 : 0, FAILED: status === 'FAILED' ? 1 : 0 };
}
