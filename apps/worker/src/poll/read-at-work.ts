// Reads from the account's list which tasks are at work, a status at a time, with as few pages as the API gives.
import type { Upstream } from '@outpaint/shared/upstream/create-upstream';

export type AtWork =
  | { readonly kind: 'read'; readonly taskIds: ReadonlySet<string>; readonly pages: number }
  | { readonly kind: 'failed'; readonly code: string };

export type ReadAtWork = (status: 'RUNNING' | 'PENDING', signal: AbortSignal) => Promise<AtWork>;

/** The API's default is 10 and its maximum undocumented: what is asked for first, and halved where it is refused. */
const PAGE_SIZE_MAX = 100;
const PAGE_SIZE_MIN = 10;
const PAGES_MAX = 100;

/** A page that is smaller than asked for is read as it comes. Never throws for what the network or the API does. */
export const createAtWorkReader = (upstream: Pick<Upstream, 'list'>): ReadAtWork => {
  let pageSize = PAGE_SIZE_MAX;
  return async (status, signal) => {
    const taskIds = new Set<string>();
    let pages = 0;
    for (let pageNo = 1; pageNo <= PAGES_MAX; pageNo += 1) {
      const page = await upstream.list({ signal, status, pageNo, pageSize });
      pages += 1;
      if (page.kind === 'failed') {
        if (page.failure.class !== 'permanent' || pageNo > 1 || pageSize <= PAGE_SIZE_MIN)
          return { kind: 'failed', code: page.failure.code };
        pageSize = Math.max(PAGE_SIZE_MIN, Math.floor(pageSize / 2));
        pageNo = 0;
        continue;
      }
      for (const { taskId } of page.tasks) taskIds.add(taskId);
      if (pageNo >= page.totalPages || page.tasks.length === 0) break;
    }
    return { kind: 'read', taskIds, pages };
  };
};
