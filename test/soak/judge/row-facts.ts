// All that is known of one row after a run, whoever has worked on it.
import type { LedgerRow } from '@outpaint/sandbox/upstream/ledger';

export interface StoredObject {
  /** Null where whoever stored it did not say. */
  readonly taskId: string | null;
  readonly expansionId: string | null;
}

export interface RowFacts {
  readonly name: string;
  /** What was done with it, step by step, where that is kept. */
  readonly moves: readonly string[];
  /** Every ending that was written down for it, in order; a row has one. */
  readonly endings: readonly string[];
  /** Without an ending: a doubt that waits for a person. */
  readonly isHeld: boolean;
  readonly object: StoredObject | null;
  /** The account's book: every submit of this row, refused ones too. */
  readonly ledger: readonly LedgerRow[];
  /** Why a picture that was paid for is not in the bucket, as the one who worked on it knows; null where it does not. */
  readonly explanation: string | null;
  /** Lines for a person who looks into a failure. */
  readonly story: readonly string[];
}

/** What the judge says of a row; an empty list of violations is what everybody wants. */
export interface RowVerdict {
  readonly name: string;
  readonly violations: readonly Violation[];
}

export const VIOLATIONS = ['lost', 'billed_twice', 'two_endings', 'unexplained', 'swapped', 'unclaimed'] as const;
export type Violation = (typeof VIOLATIONS)[number];
