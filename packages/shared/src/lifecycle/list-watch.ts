// When one list of the tasks at work tells more cheaply what has ended than a look at each of them, and what it tells. Pure.
import type { ExpansionId } from '../contract/ids.ts';

/** A row whose task is at work upstream, as far as its record knows. */
export interface InFlight {
  readonly id: ExpansionId;
  readonly hop: number;
  readonly taskId: string;
  /** Epoch ms by Redis' clock. */
  readonly submittedAt: number;
  /** Looks that have found the task unfinished. */
  readonly polls: number;
}

/** Of the looks that a plan gives a task, so many only find it at work; the one that finds its result is made in any case. */
const LOOKS_SAVED = 3.5;

/** Requests per second: `pages` of the list every `tickMs` against the looks that they save at tasks of `meanMs`. */
export const isListCheaper = (o: {
  readonly inFlight: number;
  readonly meanMs: number;
  readonly pages: number;
  readonly tickMs: number;
}): boolean => o.pages / o.tickMs < (LOOKS_SAVED * o.inFlight) / o.meanMs;

/** A task's end is seen half a tick late: for the usual duration that is a thirty-second of it. */
const TICKS_PER_MEAN = 16;

/** In whole ms, as Redis wants them. */
export const listTickMs = (meanMs: number, bounds: { readonly min: number; readonly max: number }): number =>
  Math.ceil(Math.min(bounds.max, Math.max(bounds.min, meanMs / TICKS_PER_MEAN)));

/** The rows whose tasks are not among those that the list shows at work. */
export const endedAmong = (rows: readonly InFlight[], atWork: Pick<ReadonlyMap<string, unknown>, 'has'>): InFlight[] =>
  rows.filter((row) => !atWork.has(row.taskId));

/** How often the list was wrong of late, so that it is believed no more when that is the rule and not the exception. */
export interface ListTrust {
  /** A row that was thought to have ended: looked at since, and still unfinished if `wrong`. */
  readonly judged: (wrong: boolean) => void;
  readonly isLost: () => boolean;
}

const JUDGED_KEPT = 40;
const JUDGED_MIN = 10;
const WRONG_SHARE_MAX = 0.35;

export const createListTrust = (): ListTrust => {
  const judged: boolean[] = [];
  return {
    judged: (wrong) => {
      judged.push(wrong);
      if (judged.length > JUDGED_KEPT) judged.shift();
    },
    isLost: () =>
      judged.length >= JUDGED_MIN && judged.filter((wrong) => wrong).length > judged.length * WRONG_SHARE_MAX,
  };
};
