// Counts the calls by operation and answer, and remembers the latest ones.

import { createRateWindow } from './rate-window.ts';

export type Operation = 'submit' | 'get' | 'list' | 'cancel' | 'result' | 'other';
/** An HTTP status, or what the client got instead of an answer. */
export type Answered = number | 'reset' | 'hang' | 'gone';

export interface RequestLogLine {
  readonly op: Operation;
  readonly answered: Answered;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly taskId: string | null;
  readonly source: string | null;
}

const RECENT_MAX = 10_000;

export interface RequestLog {
  /** Notes that a call has arrived, before anything is judged; epoch milliseconds. */
  arrived(op: Operation, at: number): void;
  /** Most arrivals in any one second, refused ones included; `query` is get, list and cancel together. */
  readonly peaks: Readonly<Record<'submit' | 'query' | 'result', number>>;
  add(line: RequestLogLine): void;
  /** `counts().submit['429']` and so on; operations without a call are missing. */
  counts(): Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Calls of one operation, whatever was answered. */
  count(op: Operation): number;
  /** The latest lines, oldest first, at most 10,000. */
  recent(): readonly RequestLogLine[];
}

export function openRequestLog(): RequestLog {
  const counts: Record<string, Record<string, number>> = {};
  let lines: RequestLogLine[] = [];
  const windows = { submit: createRateWindow(), query: createRateWindow(), result: createRateWindow() };
  return {
    arrived(op, at) {
      if (op === 'other') return;
      const group = op === 'submit' || op === 'result' ? op : 'query';
      windows[group].admit(at, Number.POSITIVE_INFINITY);
    },
    get peaks() {
      const { submit, query, result } = windows;
      return { submit: submit.peak, query: query.peak, result: result.peak };
    },
    add(line) {
      counts[line.op] ??= {};
      const byAnswer = counts[line.op] ?? {};
      byAnswer[line.answered] = (byAnswer[line.answered] ?? 0) + 1;
      lines.push(line);
      // Cut in bulk, since shifting one by one would cost every call.
      if (lines.length > RECENT_MAX * 2) lines = lines.slice(-RECENT_MAX);
    },
    counts: () => structuredClone(counts),
    count: (op) => Object.values(counts[op] ?? {}).reduce((sum, some) => sum + some, 0),
    recent: () => lines.slice(-RECENT_MAX),
  };
}
