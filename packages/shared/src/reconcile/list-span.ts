// Reads the whole list of tasks of one span of time, page by page, and says whether it surely was the whole.

import type { Span } from '../lifecycle/reconcile/verdict.ts';
import type { Upstream } from '../upstream/create-upstream.ts';
import type { ListedTask } from '../upstream/list.ts';

export interface SpanList {
  readonly tasks: readonly ListedTask[];
  /** What `tasks` is complete for, by upstream's clock; null where nothing is. */
  readonly covered: Span | null;
  /** The code of what went wrong; null if nothing did. */
  readonly failed: string | null;
}

/** The API's default is 10 and its maximum undocumented; a smaller page than asked for is read as it comes. */
const PAGE_SIZE = 50;
const PAGES_MAX = 1_000;
const READINGS_MAX = 3;

/**
 * Only whole seconds that are over for upstream are read: nothing is added to them while pages are turned. A reading in
 * which the pages do not add up to the total is made again.
 */
export const listSpan = async (
  upstream: Pick<Upstream, 'list'>,
  span: Span,
  upstreamNow: number,
  signal: AbortSignal,
): Promise<SpanList> => {
  const from = Math.floor(span.from / 1_000) * 1_000;
  // The end is named a second later than meant, for it may or may not belong to the span.
  const lastSecond = Math.min(Math.floor(span.to / 1_000), Math.floor(upstreamNow / 1_000) - 2) * 1_000;
  if (lastSecond < from) return { tasks: [], covered: null, failed: null };
  let tasks = new Map<string, ListedTask>();
  for (let reading = 0; reading < READINGS_MAX; reading += 1) {
    tasks = new Map();
    for (let pageNo = 1; pageNo <= PAGES_MAX; pageNo += 1) {
      const page = await upstream.list({
        signal,
        startTime: from,
        endTime: lastSecond + 1_000,
        pageNo,
        pageSize: PAGE_SIZE,
      });
      if (page.kind === 'failed') return { tasks: [...tasks.values()], covered: null, failed: page.failure.code };
      for (const task of page.tasks) tasks.set(task.taskId, task);
      if (pageNo < page.totalPages && page.tasks.length > 0) continue;
      if (tasks.size === page.total)
        return { tasks: [...tasks.values()], covered: { from, to: lastSecond + 999 }, failed: null };
      break;
    }
  }
  return { tasks: [...tasks.values()], covered: null, failed: 'list_unstable' };
};

/** Spans that overlap or nearly touch become one, so that no page is read twice. */
export const mergedSpans = (spans: readonly Span[]): Span[] => {
  const merged: Span[] = [];
  for (const span of [...spans].sort((a, b) => a.from - b.from)) {
    const last = merged.at(-1);
    if (last !== undefined && span.from <= last.to + 1_000)
      merged[merged.length - 1] = { from: last.from, to: Math.max(last.to, span.to) };
    else merged.push(span);
  }
  return merged;
};
