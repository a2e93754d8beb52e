// What reconciling is given and what it says of each doubt: plain data.
import type { OpenSubmit } from './open-submit.ts';

/** A listed task of which no record knows. Times are epoch ms by upstream's clock. */
export interface UnknownTask {
  readonly taskId: string;
  readonly status: string;
  /** Of the submit call that made it. */
  readonly requestId: string | null;
  readonly createdAt: number | null;
  readonly apiKeyId: string | null;
}

/** Both ends belong to it. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export const spanHolds = (outer: Span, inner: Span): boolean => outer.from <= inner.from && inner.to <= outer.to;

/** Bounds of (upstream's clock minus Redis'), in ms. */
export interface ClockOffset {
  readonly lo: number;
  readonly hi: number;
}

export interface Evidence {
  /** Every submit that may have made an unknown task, read after the list was and before the tasks were looked up. */
  readonly submits: readonly OpenSubmit[];
  readonly tasks: readonly UnknownTask[];
  /** When the reading of the list began, by Redis' clock. */
  readonly readAt: number;
  /** What was listed completely, by upstream's clock; spans do not touch. */
  readonly listed: readonly Span[];
  readonly offset: ClockOffset;
  /** The account's own names of our keys, by `keyName`; learned from tasks that a record knows. */
  readonly keyIds: ReadonlyMap<string, string>;
}

export interface ReconcileTerms {
  /** Only we submit with these keys, so a task of them that no record knows is one of the open submits'. */
  readonly dedicated: boolean;
  readonly doubtSettleMs: number;
  /** How long upstream lists a task; the API's own limit. */
  readonly listedMs: number;
}

export type HoldReason =
  /** Another installation may have made the task that was found. */
  | 'shared_key'
  /** No task of ours has shown yet under which id the account lists our key. */
  | 'own_key_unknown'
  /** Several submits may have made the tasks that were found. */
  | 'ambiguous'
  /** More tasks than submits that could have made them. */
  | 'contradiction'
  /** A task was made after the time in which this submit should have made one. */
  | 'late_task'
  /** Upstream no longer lists tasks of that time. */
  | 'too_old'
  /** Upstream gave this submit a task that another row had been given already. */
  | 'task_taken';

export const HOLD_TEXT: Readonly<Record<HoldReason, string>> = {
  shared_key: 'a task was found that somebody else with this key may have made',
  own_key_unknown: 'a task was found, and nothing has shown yet that it is of our key',
  ambiguous: 'several submits may have made the tasks that were found',
  contradiction: 'more tasks were found than submits that may have made them',
  late_task: 'a task was made later than this submit should have made one',
  too_old: 'upstream no longer lists tasks of that time',
  task_taken: 'upstream named a task that belongs to another row',
};

export type WaitReason = 'settling' | 'list_incomplete' | 'others_flying';

export type Verdict =
  | {
      readonly kind: 'adopt';
      readonly submit: OpenSubmit;
      readonly task: UnknownTask;
      readonly by: 'request_id' | 'window';
    }
  | { readonly kind: 'release'; readonly submit: OpenSubmit }
  | {
      readonly kind: 'hold';
      readonly submit: OpenSubmit;
      readonly reason: HoldReason;
      readonly candidates: readonly UnknownTask[];
    }
  | {
      readonly kind: 'wait';
      readonly submit: OpenSubmit;
      readonly reason: WaitReason;
      readonly candidates: readonly UnknownTask[];
    };

export interface Judgement {
  /** One for each doubt. */
  readonly verdicts: readonly Verdict[];
  /** Tasks that probably belong to a submit that was released: its row may be paid twice. */
  readonly duplicates: readonly { readonly task: UnknownTask; readonly submits: readonly OpenSubmit[] }[];
  /** Tasks of our own keys that no open submit can have made. */
  readonly strangers: readonly UnknownTask[];
}
