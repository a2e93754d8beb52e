// A transition as data: what the one Lua script compares, writes and moves, all at once.
import type { FailureEntry } from './failure.ts';
import type { Status } from './status.ts';
import type { DurationKind } from './task-duration.ts';

/**
 * Built only by the constructors in `moves/`, applied only by the `transition` script.
 * Offsets (`watch_in`, `due_in`, …) are milliseconds from Redis' own time at the moment of applying.
 */
export interface Transition {
  readonly name: string;
  readonly from: readonly Status[];
  readonly to: Status;
  /** The hop the caller read; another hop refuses. Left out where a licence guards instead. */
  readonly hop?: number;
  /** The licence the caller holds: a paid answer must never be dropped because a rescue raised the hop. */
  readonly licence?: string;
  /** Applies only while the record's watch time has passed: what the sweeper asks for. */
  readonly overdue?: true;
  readonly set?: Readonly<Record<string, string | number>>;
  readonly unset?: readonly string[];
  readonly add?: Readonly<Record<string, number>>;
  readonly error?: Omit<FailureEntry, 'at'>;
  /** Raises the hop: the caller adds a token under it. */
  readonly raise_hop?: true;
  /** When the record must have moved again; left out: nothing is awaited. */
  readonly watch_in?: number;
  /** The watch time stays as it is. */
  readonly keep_watch?: true;
  /** Kept for a day: the submit whose task, if it appears after all, is one too many. An {@link OpenSubmit} as JSON. */
  readonly released?: string;
  /** Waits in the due-time set, which is fed before the backlog. */
  readonly due_in?: number;
  /** Goes back to the head of its batch's backlog. */
  readonly backlog?: 'head';
  /** What becomes of the money reserved by the licence. */
  readonly money?: 'spend' | 'release' | 'reserve';
  /** Reserves so much, in millionths, where nothing is reserved: a licence that Redis forgot. */
  readonly reserve?: number;
  /** Frees the slot though the status would keep it (a doubt past the deadline). */
  readonly free_slot?: true;
  /** An account fault: no licence until a probe succeeds. */
  readonly halt?: { readonly code: string; readonly message: string; readonly probe_in: number };
  /** The API took our key for this call: opens a halted line if this was its probe. */
  readonly line_ok?: true;
  /** No licence for so long: the account's pace was exceeded. */
  readonly pace_in?: number;
  /** How long a task took, kept with the latest of its kind: the next looks are timed by them. */
  readonly learned?: { readonly of: DurationKind; readonly ms: number };
  /** The account refused for being asked too much: cuts the pace, the slots, or both, once for each burst. */
  readonly throttle?: {
    readonly by: 'rate' | 'slots' | 'both';
    readonly rate_full: number;
    readonly slots_full: number;
    /** How long a limit takes from nothing to full. */
    readonly climb_ms: number;
  };
  /** Epoch ms from which on submitting yields to delivering this picture. */
  readonly yield_at?: number;
  /** Shown in the history of the expansion. */
  readonly detail?: string;
}
