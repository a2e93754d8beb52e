// Lists the account's tasks of the last day, one page per call: the only handle on a submit whose answer was lost.
import { z } from 'zod';
import { readAnswer } from './answer.ts';
import { type Calls, call, contextOf } from './call.ts';
import { toChinaStamp } from './china-time.ts';
import { failureOfAnswer, failureOfBreak, failureOfShape, type UpstreamFailure } from './failure.ts';
import { type TaskStatus, taskStatusOf } from './query.ts';
import { isTaskId } from './task-id.ts';

export interface ListInput {
  signal: AbortSignal;
  /** Epoch ms, sent as whole seconds of UTC+8 (cut off, so name an end a second later than meant); at most 24 h apart. */
  startTime?: number;
  endTime?: number;
  status?: TaskStatus;
  /** `image-out-painting` unless another is named; null lists every model's. */
  modelName?: string | null;
  /** From 1. */
  pageNo?: number;
  /** The API's default is 10, its maximum undocumented. */
  pageSize?: number;
}

export interface ListedTask {
  taskId: string;
  status: TaskStatus;
  /** The request id of the SUBMIT call. */
  requestId: string | null;
  /** Epoch ms. */
  createdAt: number | null;
  startedAt: number | null;
  endedAt: number | null;
  modelName: string | null;
  apiKeyId: string | null;
}

export type ListAnswer =
  | { kind: 'page'; tasks: ListedTask[]; total: number; totalPages: number; pageNo: number; requestId: string | null }
  | { kind: 'failed'; failure: UpstreamFailure };

const text = z.string().nullish().catch(null);
const time = z.number().int().positive().nullish().catch(null);

// Strict where an omission would hide a task: reconciling releases a doubt because a task is NOT listed.
const schema = z.object({
  total: z.number().int().nonnegative(),
  total_page: z.number().int().nonnegative(),
  page_no: z.number().int().positive(),
  data: z.array(
    z.object({
      task_id: z.string().refine(isTaskId),
      status: z.string().min(1),
      request_id: text,
      gmt_create: time,
      start_time: time,
      end_time: time,
      model_name: text,
      api_key_id: text,
    }),
  ),
});

const searchOf = (o: ListInput): string => {
  const search = new URLSearchParams();
  if (o.startTime !== undefined) search.set('start_time', toChinaStamp(o.startTime));
  if (o.endTime !== undefined) search.set('end_time', toChinaStamp(o.endTime));
  if (o.modelName !== null) search.set('model_name', o.modelName ?? 'image-out-painting');
  if (o.status !== undefined) search.set('status', o.status);
  search.set('page_no', String(o.pageNo ?? 1));
  if (o.pageSize !== undefined) search.set('page_size', String(o.pageSize));
  return search.toString();
};

/** Safe to repeat. A page with one unreadable row fails as a whole. Never throws for what the network or the API does. */
export const list = async (calls: Calls, o: ListInput): Promise<ListAnswer> => {
  await calls.deps.pace?.(o.signal);
  const exchange = await call(calls, { method: 'GET', path: `/tasks/?${searchOf(o)}`, signal: o.signal });
  const context = contextOf(calls);
  if (exchange.kind !== 'answered') return { kind: 'failed', failure: failureOfBreak(exchange, context) };
  const answer = readAnswer(exchange);
  if (answer.status !== 200) return { kind: 'failed', failure: failureOfAnswer(answer, context) };
  const read = schema.safeParse(answer.json);
  if (!read.success)
    return { kind: 'failed', failure: failureOfShape(answer, 'not a readable page of tasks', context) };
  const page = read.data;
  return {
    kind: 'page',
    total: page.total,
    totalPages: page.total_page,
    pageNo: page.page_no,
    requestId: answer.requestId,
    tasks: page.data.map((row) => ({
      taskId: row.task_id,
      status: taskStatusOf(row.status),
      requestId: row.request_id ?? null,
      createdAt: row.gmt_create ?? null,
      startedAt: row.start_time ?? null,
      endedAt: row.end_time ?? null,
      modelName: row.model_name ?? null,
      apiKeyId: row.api_key_id ?? null,
    })),
  };
};
