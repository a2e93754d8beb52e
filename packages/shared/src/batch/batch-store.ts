// What callers may ask of batches, and what the workers ask of the backlog.
import type { BatchName, ExpansionId } from '../contract/ids.ts';
import type { ExpansionRequest } from '../contract/request.ts';
import type { TraceContext } from '../contract/trace-context.ts';
import type { LostTasks, WentBack } from '../record/high-water.ts';
import type { ScorePlace } from '../record/score-page.ts';
import type { Throttle } from '../record/throttle.ts';
import type { Batch, BatchOptions, PausedBy } from './batch.ts';

/** One row's fate at the door. `conflict`: the same batch and custom_id were accepted with other content. */
export type AcceptAnswer =
  | { readonly kind: 'accepted'; readonly id: ExpansionId }
  | { readonly kind: 'exists'; readonly id: ExpansionId }
  | { readonly kind: 'conflict'; readonly id: ExpansionId; readonly fields: readonly string[] };

/** Rows of one accept call: bounded so that no script runs long. */
export const ACCEPT_ROWS_MAX = 250;

export interface FeedTerms {
  readonly slots: number;
  readonly undeliveredMax: number;
  readonly undeliveredAgeMsMax: number;
  /** How long a fed row may stand without a licence before the sweeper looks. */
  readonly watchMs: number;
  /** Most rows moved by one call. */
  readonly rowsMax: number;
}

export interface Fed {
  readonly id: ExpansionId;
  readonly hop: number;
}

/** `at`, `strangers` and `failed` are of the last pass that had something to look for. */
export interface Reconciling {
  /** Doubts that wait for a person. */
  readonly held: number;
  /** Tasks that are probably one too many, and not looked at by a person yet. */
  readonly suspects: number;
  /** Tasks of our keys that no submit of ours can have made. */
  readonly strangers: number;
  readonly at: number | null;
  /** Why the account's list could not be read; null if it could. */
  readonly failed: string | null;
}

export interface LineState {
  readonly state: 'running' | 'halted';
  readonly code: string | null;
  readonly message: string | null;
  readonly since: number | null;
  readonly probeAt: number | null;
  readonly slotsInUse: number;
  readonly fed: number;
  readonly undelivered: number;
  readonly doubts: number;
  /** What is known of the doubts, and of what was let go from doubt. */
  readonly reconciling: Reconciling;
  readonly retriesWaiting: number;
  /** Stands while Redis has gone back in time: nothing is paid, and no probe changes that. */
  readonly wentBack: (WentBack & LostTasks) | null;
  /** Paid pictures past half of their link's life: nothing is submitted while there is one. */
  readonly expiring: number;
  /** What refusals have left of the rates and slots that are set. */
  readonly throttle: Throttle;
}

export interface BatchPage {
  readonly batches: readonly Batch[];
  /** When each was made: what the next page goes on after. */
  readonly scores: readonly number[];
  readonly more: boolean;
}

/** A batch that a later version of this program made is left alone: calls that name it throw `batch_newer`, lists leave it out. */
export interface BatchStore {
  /** Makes the batch if it is new, changes what `options` names if it is not. Safe to repeat. */
  open(name: BatchName, options: BatchOptions): Promise<{ created: boolean }>;
  /** Accepts up to {@link ACCEPT_ROWS_MAX} rows of one batch, all or none. Safe to repeat: known rows answer `exists`. New ones keep `trace`. */
  accept(name: BatchName, requests: readonly ExpansionRequest[], trace?: TraceContext | null): Promise<AcceptAnswer[]>;
  /** No more rows will come. Safe to repeat. */
  seal(name: BatchName): Promise<void>;
  /** Seals up to 50 open batches that took no row for so long, and names them; empty ones stay. Safe to repeat. */
  sealIdle(idleMs: number): Promise<BatchName[]>;
  read(name: BatchName): Promise<Batch | null>;
  /** Newest first. */
  list(o: { offset: number; limit: number }): Promise<Batch[]>;
  /** Newest first, from a place on. */
  page(o: { after: ScorePlace | null; limit: number }): Promise<BatchPage>;
  /** By a person unless said otherwise. False where it was not running. */
  pause(name: BatchName, by?: 'person' | 'window'): Promise<boolean>;
  /** Whatever paused it, or only if `only` did. False where nothing changed. */
  resume(name: BatchName, only?: PausedBy): Promise<boolean>;
  /** Moves rows from due retries and backlogs, fairly, as far as slots allow; the caller adds one submit token for each. */
  feed(terms: FeedTerms): Promise<Fed[]>;
  line(): Promise<LineState>;
  /** Opens the line at once. False if it was not halted by the account: a Redis that went back is put right otherwise. */
  resumeLine(): Promise<boolean>;
  /** Lets submitting go on after Redis went back in time, whatever the upstream lists. False if it had not. */
  acceptUnknown(): Promise<boolean>;
}
