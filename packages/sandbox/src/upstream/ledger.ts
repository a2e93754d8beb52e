// What was submitted, what became of it, and what was billed for: the witness of every test about money.
import type { ExpansionParameters } from '../picture/expansion-parameters.ts';
import type { TaskStatus } from './task.ts';

/** Rows of refused submits; beyond that only the counters know them. */
const REFUSED_ROWS_MAX = 100_000;

export interface LedgerRow {
  /** Null when no task was created. */
  taskId: string | null;
  /** The request id of the submit call. */
  requestId: string;
  keyId: string | null;
  /** The image_url as received; null when there was none to read. */
  source: string | null;
  parameters: ExpansionParameters | null;
  /** Epoch milliseconds, as all times here. */
  receivedAt: number;
  createdAt: number | null;
  scheduledAt: number | null;
  endedAt: number | null;
  status: TaskStatus | 'REFUSED';
  /** Of the refusal, or of the failed task. */
  code: string | null;
  /** True only for a task that succeeded: only a picture that was made costs money. */
  billed: boolean;
  /** `submit:reset_after`, `task:error`, …; several are joined with a plus. */
  faultApplied: string | null;
}

export interface Ledger {
  /** In the order of arrival; only those whose source contains the text, if one is given. */
  rows(source?: string): readonly LedgerRow[];
  /** Pictures billed, in all or for sources that contain the text. */
  billed(source?: string): number;
  billedBySource(): Readonly<Record<string, number>>;
  /** Sources that were billed more than once; an empty list is what the whole project is about. */
  billedTwice(): readonly string[];
  /** Tasks created, in all or for sources that contain the text. */
  tasks(source?: string): number;
  /** Submit attempts, in all or for sources that contain the text. */
  submits(source?: string): number;
  /** Most tasks RUNNING at once, over all accounts. */
  readonly runningPeak: number;
  open(row: LedgerRow): void;
  bill(row: LedgerRow): void;
  running(change: 1 | -1): void;
}

export function openLedger(): Ledger {
  const rows: LedgerRow[] = [];
  const billed = new Map<string, number>();
  let refused = 0;
  let submits = 0;
  let running = 0;
  let runningPeak = 0;
  const of = (source?: string) =>
    source === undefined ? rows : rows.filter((row) => (row.source ?? '').includes(source));

  return {
    rows: (source) => [...of(source)],
    billed: (source) => of(source).filter((row) => row.billed).length,
    billedBySource: () => Object.fromEntries(billed),
    billedTwice: () => [...billed].filter(([, times]) => times > 1).map(([source]) => source),
    tasks: (source) => of(source).filter((row) => row.taskId !== null).length,
    submits: (source) => (source === undefined ? submits : of(source).length),
    get runningPeak() {
      return runningPeak;
    },
    open(row) {
      submits += 1;
      if (row.status === 'REFUSED' && ++refused > REFUSED_ROWS_MAX) return;
      rows.push(row);
    },
    bill(row) {
      row.billed = true;
      const source = row.source ?? '';
      billed.set(source, (billed.get(source) ?? 0) + 1);
    },
    running(change) {
      running += change;
      runningPeak = Math.max(runningPeak, running);
    },
  };
}
