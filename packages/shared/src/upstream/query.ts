// Asks for one task: free, safe to repeat, bounded by the account's query pace.

import { z } from 'zod';
import { asTaskId } from '../contract/ids.ts';
import { readAnswer } from './answer.ts';
import { type Calls, call, contextOf } from './call.ts';
import { fromChinaTime } from './china-time.ts';
import { cleaned, failureOfAnswer, failureOfBreak, failureOfShape, type UpstreamFailure } from './failure.ts';

const STATUSES = ['PENDING', 'RUNNING', 'SUSPENDED', 'SUCCEEDED', 'FAILED', 'CANCELED', 'UNKNOWN'] as const;
export type TaskStatus = (typeof STATUSES)[number];

export type TaskAnswer =
  | {
      kind: 'task';
      status: TaskStatus;
      taskId: string;
      requestId: string | null;
      /** Signed and short-lived; only with SUCCEEDED, and even then null if the API left it out. */
      resultUrl: string | null;
      /** The API's code and message of a FAILED task (HTTP 200 all the same). */
      code: string | null;
      message: string | null;
      /** Epoch ms. */
      submittedAt: number | null;
      scheduledAt: number | null;
      endedAt: number | null;
      imageCount: number | null;
    }
  /** The query itself failed; says nothing about the task. */
  | { kind: 'failed'; failure: UpstreamFailure };

const text = z.string().nullish().catch(null);

// Minimal on purpose: only the status is needed, the rest may be missing. `task_metrics` contradicts itself: never read.
const schema = z.object({
  output: z.object({
    task_id: text,
    task_status: z.string().min(1),
    output_image_url: text,
    code: text,
    message: text,
    submit_time: text,
    scheduled_time: text,
    end_time: text,
  }),
  usage: z
    .object({ image_count: z.number().int().nonnegative().nullish().catch(null) })
    .nullish()
    .catch(null),
});

/** A status that we do not know is one that has not ended: the record's deadline, not a guess, gives a task up. */
export const taskStatusOf = (written: string): TaskStatus =>
  STATUSES.find((status) => status === written) ?? 'SUSPENDED';

const timeOf = (written: string | null | undefined): number | null =>
  typeof written === 'string' ? fromChinaTime(written) : null;

/** Never throws for what the network or the API does; passes on what `pace` throws. */
export const query = async (calls: Calls, taskId: string, o: { signal: AbortSignal }): Promise<TaskAnswer> => {
  asTaskId(taskId); // throws `task_id_invalid` instead of putting something else into a URL
  await calls.deps.pace?.(o.signal);
  const exchange = await call(calls, { method: 'GET', path: `/tasks/${taskId}`, signal: o.signal });
  const context = contextOf(calls);
  if (exchange.kind !== 'answered') return { kind: 'failed', failure: failureOfBreak(exchange, context) };
  const answer = readAnswer(exchange);
  if (answer.status !== 200) return { kind: 'failed', failure: failureOfAnswer(answer, context) };
  const read = schema.safeParse(answer.json);
  if (!read.success) {
    const missing = 'without a task status';
    return {
      kind: 'failed',
      failure: answer.code === null ? failureOfShape(answer, missing, context) : failureOfAnswer(answer, context),
    };
  }
  const { output, usage } = read.data;
  // Somebody else's picture under our name is the one mistake that no retry repairs.
  if (output.task_id && output.task_id !== taskId) {
    return { kind: 'failed', failure: failureOfShape(answer, 'about another task', context) };
  }
  return {
    kind: 'task',
    status: taskStatusOf(output.task_status),
    taskId,
    requestId: answer.requestId,
    resultUrl: output.output_image_url || null,
    code: output.code ? cleaned(output.code, calls.settings.apiKey).slice(0, 128) : null,
    message: output.message ? cleaned(output.message, calls.settings.apiKey) : null,
    submittedAt: timeOf(output.submit_time),
    scheduledAt: timeOf(output.scheduled_time),
    endedAt: timeOf(output.end_time),
    imageCount: usage?.image_count ?? null,
  };
};
