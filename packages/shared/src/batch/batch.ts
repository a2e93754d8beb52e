// A batch: rows that are accepted, counted, paid for and reported as one thing.
import type { BatchName } from '../contract/ids.ts';
import type { Status } from '../lifecycle/status.ts';

/** `open`: rows may still come · `sealed`: read to its end · `finished`: sealed and no row unfinished. */
export type BatchState = 'open' | 'sealed' | 'finished';
export type BatchRun = 'running' | 'paused' | 'cancelling' | 'cancelled';
export type PausedBy = 'person' | 'budget' | 'threshold' | 'window';

/** Counts of rows by status; they add up to `rows` at every moment. */
export type BatchCounts = Readonly<Record<Status, number>>;

/** Times are epoch ms by Redis' clock; money is in millionths of the currency. */
export interface Batch {
  readonly name: BatchName;
  readonly state: BatchState;
  readonly run: BatchRun;
  readonly pausedBy: PausedBy | null;
  readonly rows: number;
  readonly counts: BatchCounts;
  /** Doubts that wait for evidence or a person; part of `counts.in_doubt`. */
  readonly held: number;
  readonly reservedMicro: number;
  readonly spentMicro: number;
  readonly budgetMicro: number | null;
  readonly failuresMax: number | null;
  readonly failuresPercent: number | null;
  readonly currency: string;
  readonly createdAt: number;
  readonly sealedAt: number | null;
  readonly finishedAt: number | null;
  /** When its report was last written. */
  readonly reportedAt: number | null;
  /** Rows that were delivered or cancelled, stand in the report, and are forgotten here. */
  readonly expired: number;
  readonly pausedAt?: number;
  /** Hours of its own; outside them it is paused by its window. */
  readonly notBefore?: number;
  readonly notAfter?: number;
  /** Its share of the slots beside other batches; 1 unless given. */
  readonly weight?: number;
}

/** What a batch is given when it is made; later calls change only what they name. */
export interface BatchOptions {
  /** Null takes a budget away. */
  readonly budgetMicro?: number | null;
  readonly failuresMax?: number;
  readonly failuresPercent?: number;
  /** Shares of the slots relative to other batches; 1 unless given. */
  readonly weight?: number;
  readonly currency?: string;
}

/** Rows that still need work from us. A held doubt does not: it needs evidence or a person. */
export const unfinishedRows = (batch: Batch): number =>
  batch.counts.accepted +
  batch.counts.submitting +
  batch.counts.submitted +
  batch.counts.generated +
  batch.counts.in_doubt -
  batch.held;
