// Which part of the list has to be read to see which tasks have ended: those that are old enough, by upstream's own clock. Pure.
import type { InFlight } from './list-watch.ts';

/** Upstream's time of a submit less ours in ms, over some tasks: the difference of the clocks, and the way of an answer. */
export interface SubmitGap {
  readonly least: number;
  readonly most: number;
}

/** By upstream's clock, epoch ms, both included. */
export interface ListWindow {
  readonly startTime: number;
  readonly endTime: number;
}

/** Answers under way for longer than those that the gap was learned from, and the whole seconds of the API. */
const MARGIN_MS = 2_000;
/** The API refuses a longer window. */
const WINDOW_MS_MAX = 86_400_000;
/** Of the shortest duration that was measured lately: hardly any task ends before. */
const SHORTEST_PART = 0.9;

/** Younger tasks are not looked for: a look before `lookMs` is against the API's advice, and the list may not show them yet. */
export const youngMs = (shortestMs: number | null, lookMs: number): number =>
  Math.max(lookMs, SHORTEST_PART * (shortestMs ?? 0));

/** `createdAt` by task, null where the list does not say it. Null where no row is in it. */
export const submitGapOf = (
  rows: readonly InFlight[],
  createdAt: ReadonlyMap<string, number | null>,
): SubmitGap | null => {
  const gaps = rows.flatMap((row) => {
    const at = createdAt.get(row.taskId);
    return at === undefined || at === null ? [] : [at - row.submittedAt];
  });
  return gaps.length === 0 ? null : { least: Math.min(...gaps), most: Math.max(...gaps) };
};

/** Null for the whole list: where no gap is learned, and of no rows. */
export const listWindowOf = (rows: readonly InFlight[], gap: SubmitGap | null): ListWindow | null => {
  if (gap === null || rows.length === 0) return null;
  const times = rows.map((row) => row.submittedAt);
  const endTime = Math.max(...times) + gap.most + MARGIN_MS;
  return { startTime: Math.max(Math.min(...times) + gap.least - MARGIN_MS, endTime - WINDOW_MS_MAX), endTime };
};
