// The life of tasks: they wait in order for a slot, are at work for a while, and end once.
import { API_ERRORS } from './api-error.ts';
import type { FaultBook } from './fault-book.ts';
import type { TaskFault } from './fault-rule.ts';
import type { Ledger } from './ledger.ts';
import { pause } from './pause.ts';
import type { ResultStore } from './result-store.ts';
import type { SandboxOptions } from './sandbox-options.ts';
import { serviceTime } from './service-time.ts';
import { openSlotLine } from './slot-line.ts';
import { type NewTask, newTask, noteFault, type Task, type TaskEnd } from './task.ts';
import type { TaskWork } from './task-work.ts';

export interface TaskLife {
  /** A new task, always: there is no idempotency key. The row is filled in. */
  create(order: NewTask): Task;
  /** Null when there is none, it belongs to another account, or it is older than a task lives. */
  find(id: string, account: string): Task | null;
  /** Tasks of the account that have not ended. */
  unfinished(account: string): number;
  /** The account's living tasks, newest first. */
  list(account: string): readonly Task[];
  /** True if it was PENDING and is CANCELED now. */
  cancel(task: Task): boolean;
  /** Starts what fits after more slots were given. */
  wake(): void;
  close(): void;
}

interface Parts {
  readonly options: SandboxOptions;
  readonly now: () => number;
  readonly faults: FaultBook;
  readonly ledger: Ledger;
  readonly results: ResultStore;
  readonly work: TaskWork;
}

/** What a full disk looks like from outside. */
const UPLOAD_FAILED: TaskEnd = {
  status: 'FAILED',
  code: API_ERRORS.fileUpload.code,
  message: API_ERRORS.fileUpload.message,
};

export function openTaskLife({ options, now, faults, ledger, results, work }: Parts): TaskLife {
  const tasks = new Map<string, Task>();
  const perSource = new Map<string, number>();
  const closing = new AbortController();

  const isGone = (task: Task) => now() - task.createdAt > options.taskLifeMs;

  const forgetOld = () => {
    // Tasks stand in the order of their creation, so the first young one ends the search.
    for (const [id, task] of tasks) {
      if (!isGone(task)) return;
      if (task.endedAt !== null) tasks.delete(id);
    }
  };

  const run = async (task: Task) => {
    ledger.running(1);
    task.status = 'RUNNING';
    task.scheduledAt = now();
    task.row.status = task.status;
    task.row.scheduledAt = task.scheduledAt;
    const fault = faults.take('task', task.source);
    if (fault !== null) noteFault(task.row, fault);
    const serviceMs = serviceTime(options, task.source, task.nth, task.parameters.best_quality);
    const end = await atWork(task, fault, serviceMs);
    if (!closing.signal.aborted) await finish(task, end).catch(() => finish(task, UPLOAD_FAILED));
    ledger.running(-1);
  };

  const atWork = async (task: Task, fault: TaskFault | null, serviceMs: number): Promise<TaskEnd> => {
    if (fault?.kind === 'never') {
      await pause(options.taskTimeoutMs, closing.signal);
      return { status: 'FAILED', code: API_ERRORS.timeout.code, message: API_ERRORS.timeout.message };
    }
    if (fault?.kind === 'suspended') {
      task.status = 'SUSPENDED';
      await pause(fault.ms, closing.signal);
      task.status = 'RUNNING';
    }
    // The source is fetched when the service time is over, so a presigned URL must outlive the waiting.
    await pause(serviceMs, closing.signal);
    if (fault?.kind === 'error') return { status: 'FAILED', code: fault.code, message: fault.message };
    if (fault?.kind === 'unknown') return { status: 'UNKNOWN' };
    if (fault?.kind === 'canceled') return { status: 'CANCELED' };
    return work(task, closing.signal);
  };

  const finish = async (task: Task, end: TaskEnd) => {
    if (end.status === 'SUCCEEDED') task.result = await results.keep(end.bytes, task.source);
    if (end.status === 'FAILED') {
      task.code = end.code;
      task.message = end.message;
      task.row.code = end.code;
    }
    task.status = end.status;
    task.endedAt = now();
    task.row.status = task.status;
    task.row.endedAt = task.endedAt;
    if (end.status === 'SUCCEEDED') ledger.bill(task.row);
  };

  const line = openSlotLine({ slots: () => options.slots, run, closing: closing.signal });

  return {
    create(order) {
      forgetOld();
      const nth = (perSource.get(order.source) ?? 0) + 1;
      perSource.set(order.source, nth);
      const task = newTask(order, nth, now());
      Object.assign(task.row, { taskId: task.id, createdAt: task.createdAt, status: task.status });
      tasks.set(task.id, task);
      line.join(task);
      return task;
    },
    find(id, account) {
      const task = tasks.get(id);
      return task === undefined || task.account !== account || isGone(task) ? null : task;
    },
    unfinished: (account) =>
      [...tasks.values()].filter((task) => task.account === account && task.endedAt === null).length,
    list: (account) => [...tasks.values()].filter((task) => task.account === account && !isGone(task)).reverse(),
    cancel(task) {
      if (!line.leave(task)) return false;
      task.status = 'CANCELED';
      task.endedAt = now();
      Object.assign(task.row, { status: task.status, endedAt: task.endedAt });
      return true;
    },
    wake: line.wake,
    close: () => closing.abort(),
  };
}
