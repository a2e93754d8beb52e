// Reads from the account's list which tasks are at work, a status at a time, with as few pages as the API gives.
import type { ListWindow } from '@outpaint/shared/lifecycle/list-window';
import type { Upstream } from '@outpaint/shared/upstream/create-upstream';

export type AtWork =
  /** When each task was created, by upstream's clock; null where it does not say. */
  | { readonly kind: 'read'; readonly createdAt: ReadonlyMap<string, number | null>; readonly pages: number }
  | { readonly kind: 'failed'; readonly code: string };

/** Without a window, of the last day. */
export type ReadAtWork = (
  status: 'RUNNING' | 'PENDING',
  window: ListWindow | null,
  signal: AbortSignal,
) => Promise<AtWork>;

/** The API's default is 10 and its maximum undocumented: what is asked for first, and halved where it is refused. */
const PAGE_SIZE_MAX = 100;
const PAGE_SIZE_MIN = 10;
const PAGES_MAX = 100;

/** A page that is smaller than asked for is read as it comes. Never throws for what the network or the API does. */
export const createAtWorkReader = (upstream: Pick<Upstream, 'list'>): ReadAtWork => {
  let pageSize = PAGE_SIZE_MAX;
  return async (status, window, signal) => {
    const createdAt = new Map<string, number | null>();
    let pages = 0;
    for (let pageNo = 1; pageNo <= PAGES_MAX; pageNo += 1) {
      const page = await upstream.list({ signal, status, ...window, pageNo, pageSize });
      pages += 1;
      if (page.kind === 'failed') {
        if (page.failure.class !== 'permanent' || pageNo > 1 || pageSize <= PAGE_SIZE_MIN)
          return { kind: 'failed', code: page.failure.code };
        pageSize = Math.max(PAGE_SIZE_MIN, Math.floor(pageSize / 2));
        pageNo = 0;
        continue;
      }
      for (const task of page.tasks) createdAt.set(task.taskId, task.createdAt);
      if (pageNo >= page.totalPages || page.tasks.length === 0) break;
    }
    return { kind: 'read', createdAt, pages };
  };
};
