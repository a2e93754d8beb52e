// What the stages, the sweeper and the CLI may ask of the records.
import type { BatchName, ExpansionId } from '../contract/ids.ts';
import type { ExpansionRecord } from '../lifecycle/record.ts';
import type { Transition } from '../lifecycle/transition.ts';

/** What came of a transition. Only `applied` and `repeated` mean that it holds. */
export type Applied =
  | { readonly kind: 'applied'; readonly hop: number; readonly at: number; readonly lineHalted: boolean }
  /** This very call was applied before; its reply had been lost. */
  | { readonly kind: 'repeated'; readonly hop: number; readonly at: number }
  /** The row has moved on: another status, hop or licence. Nothing was written. */
  | { readonly kind: 'refused'; readonly status: string; readonly hop: number }
  /** The task that the transition names belongs to the row `by`. Nothing was written. */
  | { readonly kind: 'taken'; readonly by: ExpansionId; readonly status: string; readonly hop: number }
  | { readonly kind: 'gone' };

/** The number and the name of a licence; 0 is none. A Redis that does not know the caller's highest has gone back. */
export interface Mark {
  readonly mark: number;
  readonly name: string;
}

export const NO_MARK: Mark = { mark: 0, name: '' };

export interface LicenceTerms {
  readonly slots: number;
  readonly submitGapMs: number;
  readonly undeliveredMax: number;
  readonly undeliveredAgeMsMax: number;
  readonly priceMicro: number;
  /** How long the answer of a submit may take before the sweeper calls it a doubt. */
  readonly watchMs: number;
  readonly lineProbeMsMax: number;
  readonly thresholdSampleMin: number;
  /** After a start of Redis, or a failover, nothing is granted for so long: who remembers more speaks up meanwhile. */
  readonly restMs: number;
  /** Of the key that will be used, see `keyNameOf`. */
  readonly keyName: string;
}

export type LicenceAnswer =
  | {
      readonly kind: 'granted';
      readonly licence: string;
      readonly at: number;
      readonly mark: number;
      readonly unconfirmed?: true;
    }
  | { readonly kind: 'wait'; readonly ms: number }
  /** Not now: the row stands at the head of its backlog again. */
  | { readonly kind: 'returned'; readonly reason: string }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'stale' };

export interface HistoryEntry {
  readonly at: number;
  readonly event: string;
  readonly status: string;
  readonly detail: string;
}

export interface RecordStore {
  /** Redis' clock, in ms: the only one that records are judged by. */
  now(): Promise<number>;
  read(id: ExpansionId): Promise<ExpansionRecord | null>;
  readMany(ids: readonly ExpansionId[]): Promise<(ExpansionRecord | null)[]>;
  history(id: ExpansionId): Promise<HistoryEntry[]>;
  /** Compare-and-set of one row. `caller` makes a re-sent call answer as it did the first time. */
  apply(record: { id: ExpansionId; batch: BatchName }, transition: Transition, caller: string): Promise<Applied>;
  /** The right to pay once for this row. Safe to send again with the same `caller`, which names the licence. */
  licence(
    record: { id: ExpansionId; batch: BatchName; hop: number },
    terms: LicenceTerms,
    caller: string,
    seen?: Mark,
  ): Promise<LicenceAnswer>;
  /** Up to `max` ids that should have moved by now, the longest overdue first. */
  overdue(max: number): Promise<ExpansionId[]>;
  /** Frees slots whose record no longer holds one; returns how many. Harmless to run twice. */
  repairSlots(): Promise<number>;
}
