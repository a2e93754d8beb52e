// The life of tasks: they wait in order for a slot, are at work for a while, and end once.
import { randomUUID } from 'node:crypto';
import type { ExpansionParameters } from '../picture/expansion-parameters.ts';
import { API_ERRORS } from './api-error.ts';
import type { FaultBook } from './fault-book.ts';
import type { TaskFault } from './fault-rule.ts';
import type { Ledger, LedgerRow } from './ledger.ts';
import type { ResultStore } from './result-store.ts';
import type { SandboxOptions } from './sandbox-options.ts';
import { serviceTime } from './service-time.ts';
import { noteFault, type Task, type TaskEnd } from './task.ts';
import type { TaskWork } from './task-work.ts';

export interface TaskLife {
  /** A new task, always: there is no idempotency key. The row is filled in. */
  create(order: NewTask): Task;
  /** Null when there is none, it belongs to another account, or it is older than a task lives. */
  find(id: string, account: string): Task | null;
  /** The account's living tasks, newest first. */
  list(account: string): readonly Task[];
  /** True if it was PENDING and is CANCELED now. */
  cancel(task: Task): boolean;
  /** Starts what fits after more slots were given. */
  wake(): void;
  close(): void;
}

export interface NewTask {
  readonly keyId: string;
  readonly account: string;
  readonly source: string;
  readonly parameters: ExpansionParameters;
  readonly requestId: string;
  readonly row: LedgerRow;
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
  const waiting = new Map<string, Task[]>();
  const running = new Map<string, number>();
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

  const pump = (account: string) => {
    const line = waiting.get(account) ?? [];
    while (!closing.signal.aborted && (running.get(account) ?? 0) < options.slots) {
      const task = line.shift();
      if (task === undefined) return;
      running.set(account, (running.get(account) ?? 0) + 1);
      ledger.running(1);
      void run(task).then(() => {
        running.set(account, (running.get(account) ?? 1) - 1);
        ledger.running(-1);
        pump(account);
      });
    }
  };

  const run = async (task: Task) => {
    task.status = 'RUNNING';
    task.scheduledAt = now();
    task.row.status = task.status;
    task.row.scheduledAt = task.scheduledAt;
    const fault = faults.take('task', task.source);
    if (fault !== null) noteFault(task.row, fault);
    const serviceMs = serviceTime(options, task.source, task.nth, task.parameters.best_quality);
    const end = await atWork(task, fault, serviceMs);
    if (!closing.signal.aborted) await finish(task, end).catch(() => finish(task, UPLOAD_FAILED));
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

  return {
    create({ keyId, account, source, parameters, requestId, row }) {
      forgetOld();
      const nth = (perSource.get(source) ?? 0) + 1;
      perSource.set(source, nth);
      const task: Task = {
        id: randomUUID(),
        requestId,
        keyId,
        account,
        source,
        parameters,
        nth,
        createdAt: now(),
        status: 'PENDING',
        scheduledAt: null,
        endedAt: null,
        code: null,
        message: null,
        result: null,
        row,
      };
      Object.assign(row, { taskId: task.id, createdAt: task.createdAt, status: task.status });
      tasks.set(task.id, task);
      const line = waiting.get(account) ?? [];
      line.push(task);
      waiting.set(account, line);
      // Later, so that the submit is answered PENDING whatever is free.
      setImmediate(pump, account);
      return task;
    },
    find(id, account) {
      const task = tasks.get(id);
      return task === undefined || task.account !== account || isGone(task) ? null : task;
    },
    list: (account) => [...tasks.values()].filter((task) => task.account === account && !isGone(task)).reverse(),
    cancel(task) {
      if (task.status !== 'PENDING') return false;
      const line = waiting.get(task.account) ?? [];
      const place = line.indexOf(task);
      if (place < 0) return false;
      line.splice(place, 1);
      task.status = 'CANCELED';
      task.endedAt = now();
      Object.assign(task.row, { status: task.status, endedAt: task.endedAt });
      return true;
    },
    wake() {
      for (const account of waiting.keys()) pump(account);
    },
    close: () => closing.abort(),
  };
}

/** Resolves after so many milliseconds, or at once when the sandbox closes. */
function pause(ms: number, closing: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      closing.removeEventListener('abort', end);
      resolve();
    };
    // setTimeout takes no more than 31 bits.
    const timer = setTimeout(end, Math.min(ms, 2 ** 31 - 1));
    if (closing.aborted) return end();
    closing.addEventListener('abort', end);
  });
}
