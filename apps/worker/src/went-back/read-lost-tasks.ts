// Reads from the upstream's list all tasks of the time that Redis has lost.
import { OutpaintError } from '@outpaint/shared/errors/outpaint-error';
import type { WentBack } from '@outpaint/shared/record/high-water';
import type { Upstream } from '@outpaint/shared/upstream/create-upstream';

/** The list goes back no further (documented: 24 hours); a second less, for it is asked in whole seconds. */
const LIST_MS_MAX = 86_399_000;
/** The upstream's clock and Redis' may be apart. */
const CLOCKS_APART_MS = 120_000;
const PAGE_SIZE = 100;
/** A day of the account's fastest pace, twice. */
const PAGES_MAX = 4_000;

/** Of all tasks, also those of other programs that use the account. Throws where the list cannot be read to its end. */
export const readLostTasks = async (
  upstream: Pick<Upstream, 'list'>,
  back: WentBack,
  now: number,
  signal: AbortSignal,
): Promise<string[]> => {
  const endTime = now + CLOCKS_APART_MS;
  const startTime = Math.max(endTime - LIST_MS_MAX, back.keptAt - CLOCKS_APART_MS);
  const tasks = new Set<string>();
  for (let pageNo = 1; pageNo <= PAGES_MAX; pageNo += 1) {
    const page = await upstream.list({ signal, startTime, endTime, pageNo, pageSize: PAGE_SIZE });
    if (page.kind === 'failed') throw new OutpaintError(page.failure.code, page.failure.message);
    for (const task of page.tasks) tasks.add(task.taskId);
    if (pageNo >= page.totalPages || page.tasks.length === 0) return [...tasks];
  }
  throw new OutpaintError('list_too_long', `The list of tasks has more than ${PAGES_MAX * PAGE_SIZE} rows.`);
};
