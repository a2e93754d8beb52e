// One upstream task as the stand-in knows it.
import { randomUUID } from 'node:crypto';
import type { ExpansionParameters } from '../picture/expansion-parameters.ts';
import type { LedgerRow } from './ledger.ts';
import type { StoredResult } from './result-store.ts';

/** SUSPENDED is undocumented but stands in the vendor's SDKs, as a state that is not an end. */
export const TASK_STATUSES = ['PENDING', 'RUNNING', 'SUSPENDED', 'SUCCEEDED', 'FAILED', 'CANCELED', 'UNKNOWN'] as const;
export type TaskStatus = (typeof TASK_STATUSES)[number];

export const MODEL = 'image-out-painting';

export interface NewTask {
  readonly keyId: string;
  readonly account: string;
  readonly source: string;
  readonly parameters: ExpansionParameters;
  /** Of the submit call. */
  readonly requestId: string;
  readonly row: LedgerRow;
}

export interface Task extends NewTask {
  readonly id: string;
  /** Which task of this source it is, from 1. */
  readonly nth: number;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  status: TaskStatus;
  scheduledAt: number | null;
  endedAt: number | null;
  code: string | null;
  message: string | null;
  result: StoredResult | null;
}

/** A PENDING task with a new id. */
export function newTask(order: NewTask, nth: number, createdAt: number): Task {
  const unset = { scheduledAt: null, endedAt: null, code: null, message: null, result: null };
  return { ...order, id: randomUUID(), nth, createdAt, status: 'PENDING', ...unset };
}

/** How a task ended. */
export type TaskEnd =
  | { readonly status: 'SUCCEEDED'; readonly bytes: Buffer }
  | { readonly status: 'FAILED'; readonly code: string; readonly message: string }
  | { readonly status: 'CANCELED' | 'UNKNOWN' };

/** Adds a fault's name to what a ledger row already says. */
export function noteFault(row: LedgerRow, fault: { at: string; kind: string }): void {
  const name = `${fault.at}:${fault.kind}`;
  row.faultApplied = row.faultApplied === null ? name : `${row.faultApplied}+${name}`;
}
