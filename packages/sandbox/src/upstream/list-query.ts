// Reads the parameters of the task list: pages, a window of at most a day, and filters.
import { type ApiError, parameterError } from './api-error.ts';
import { parseBeijing } from './beijing-time.ts';
import { TASK_STATUSES } from './task.ts';

/** Documented: the window is at most, and by default, the last 24 hours. */
const WINDOW_MS_MAX = 86_400_000;
const PAGE_SIZE_DEFAULT = 10;

export interface ListQuery {
  readonly pageNo: number;
  readonly pageSize: number;
  /** Epoch milliseconds, both included. */
  readonly from: number;
  readonly to: number;
  readonly model: string | null;
  readonly status: string | null;
  readonly taskId: string | null;
  readonly keyId: string | null;
}

export type ListVerdict =
  | { readonly query: ListQuery; readonly error: null }
  | { readonly query: null; readonly error: ApiError };

/** A page size above `pageSizeMax` is capped without a word, since the real maximum is undocumented. */
export function readListQuery(params: URLSearchParams, nowMs: number, pageSizeMax: number): ListVerdict {
  const refuse = (what: string): ListVerdict => ({ query: null, error: parameterError(what) });
  const text = (name: string) => params.get(name) || null;

  const pageNo = positive(text('page_no'), 1);
  const pageSize = positive(text('page_size'), Math.min(PAGE_SIZE_DEFAULT, pageSizeMax));
  if (pageNo === null || pageSize === null) return refuse('page_no and page_size must be integers >= 1');
  const status = text('status');
  if (status !== null && !TASK_STATUSES.some((known) => known === status)) return refuse('unknown status');

  const start = text('start_time');
  const end = text('end_time');
  const startMs = start === null ? null : parseBeijing(start);
  // The written second is meant whole.
  const endMs = end === null ? null : addNullable(parseBeijing(end), 999);
  if ((start !== null && startMs === null) || (end !== null && endMs === null)) {
    return refuse('start_time and end_time must be YYYYMMDDhhmmss');
  }
  const from = startMs ?? (endMs ?? nowMs) - WINDOW_MS_MAX;
  const to = endMs ?? (startMs === null ? nowMs : startMs + WINDOW_MS_MAX);
  if (to < from || to - from > WINDOW_MS_MAX + 999) return refuse('the time window must be at most 24 hours');

  return {
    error: null,
    query: {
      pageNo,
      pageSize: Math.min(pageSize, pageSizeMax),
      from,
      to,
      model: text('model_name'),
      status,
      taskId: text('task_id'),
      keyId: text('api_key_id'),
    },
  };
}

function positive(text: string | null, otherwise: number): number | null {
  if (text === null) return otherwise;
  return /^[1-9]\d{0,8}$/.test(text) ? Number(text) : null;
}

function addNullable(ms: number | null, more: number): number | null {
  return ms === null ? null : ms + more;
}
