// How a stage's step ended, in the words of the work; what follows from it is decided in `settlement.ts`.
import type { TaskId } from '../contract/ids.ts';
import type { Failure } from './failure.ts';

/** What is known of the picture once its object stands in the bucket. */
export interface StoredPicture {
  readonly bytes: number;
  readonly sha256: string | null;
  readonly width: number | null;
  readonly height: number | null;
}

export type Outcome =
  /** Nothing to do: the record has moved on, or somebody else owns it. */
  | { readonly kind: 'drop'; readonly reason: string }
  /** The licence was refused and the script has put the row where it belongs. */
  | { readonly kind: 'returned'; readonly reason: string }
  /** Not now, before anything was paid (the store does not answer, the pace is exceeded, we are stopping): fed again when due. */
  | { readonly kind: 'postponed'; readonly delayMs: number; readonly reason: string }
  /** This worker stops: the same token goes back at once, for another one. */
  | { readonly kind: 'released' }
  | { readonly kind: 'submitted'; readonly licence: string; readonly taskId: TaskId; readonly requestId: string | null }
  /** Upstream answered that it made no task. */
  | { readonly kind: 'refused'; readonly licence: string; readonly failure: Failure }
  /** The licence was not used: surely no byte has left. */
  | { readonly kind: 'unsent'; readonly licence: string; readonly delayMs: number; readonly reason: string }
  | {
      readonly kind: 'doubted';
      readonly licence: string;
      readonly failure: Failure;
      /** Redis' time at which the POST left at the earliest and its exchange ended at the latest. */
      readonly window?: { readonly from: number; readonly to: number };
    }
  | { readonly kind: 'unfinished'; readonly taskStatus: string }
  | { readonly kind: 'query_failed'; readonly failure: Failure }
  | { readonly kind: 'task_failed'; readonly failure: Failure }
  | {
      readonly kind: 'generated';
      readonly resultUrl: string;
      readonly imageCount: number;
      /** From its submit to its end by upstream's clock, where upstream told both. */
      readonly taskMs?: number | null;
    }
  /** The result could not be fetched or kept this time. */
  | { readonly kind: 'undelivered'; readonly failure: Failure }
  /** Ours stands in the bucket already, from an earlier life of this row: nothing is paid. */
  | { readonly kind: 'found'; readonly picture: StoredPicture; readonly taskId: TaskId | null }
  | { readonly kind: 'delivered'; readonly picture: StoredPicture }
  /** This row cannot go on as it is, whatever is tried again. */
  | { readonly kind: 'unacceptable'; readonly failure: Failure }
  /** Upstream has cancelled the task because we asked it to. */
  | { readonly kind: 'withdrawn' }
  | { readonly kind: 'cancelled' };
