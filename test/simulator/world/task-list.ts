// The account's list of tasks, as the simulated API shows it: by its own clock, page by page, also those of others.
import type { Upstream } from '@outpaint/shared/upstream/create-upstream';
import type { ListAnswer, ListedTask, ListInput } from '@outpaint/shared/upstream/list';
import type { Chance } from '../chance.ts';
import type { Ledger } from './ledger.ts';

export interface TaskList {
  page(input: ListInput): ListAnswer;
  readonly clockOffset: Upstream['clockOffset'];
}

/** Small, so that a span has several pages. */
const PAGE_SIZE_MAX = 5;

export const createTaskList = (chance: Chance, ledger: Ledger, now: () => number): TaskList => {
  // Constant: what a client measures of it lies around it, never beside it.
  const aheadMs = chance.int(-3_000, 3_000);
  const [below, above] = [chance.int(0, 700), chance.int(0, 700)];
  return {
    clockOffset: () => ({ lo: aheadMs - below, hi: aheadMs + above }),
    page: ({ startTime = 0, endTime = Number.POSITIVE_INFINITY, pageNo = 1, pageSize = 10 }) => {
      // Nobody has documented whether the end belongs to it.
      const endsBefore = endTime + (chance.hits(0.5) ? 1 : 0);
      const tasks: ListedTask[] = [...ledger.tasks.values()]
        .map((task) => ({ ...task, createdAt: task.createdAt + aheadMs }))
        .filter(({ createdAt }) => createdAt >= startTime && createdAt < endsBefore)
        .map((task) => ({
          taskId: task.id,
          status: ledger.statusOf({ ...task, createdAt: task.createdAt - aheadMs }, now()),
          requestId: task.requestId,
          createdAt: task.createdAt,
          startedAt: null,
          endedAt: null,
          modelName: 'image-out-painting',
          apiKeyId: task.apiKeyId,
        }))
        .reverse();
      const size = Math.min(pageSize, PAGE_SIZE_MAX);
      return {
        kind: 'page',
        tasks: tasks.slice((pageNo - 1) * size, pageNo * size),
        total: tasks.length,
        totalPages: Math.ceil(tasks.length / size),
        pageNo,
        requestId: null,
      };
    },
  };
};
