// What a program that called us learns from our exit code: one table, and the one place that chooses between several that hold.
import type { Batch } from '@outpaint/shared/batch/batch';
import type { LineState } from '@outpaint/shared/batch/batch-store';
import { isTimeOver } from '../view/ending.ts';
import { isThresholdReached } from './threshold.ts';

/** Part of the outside contract; a number is never given another meaning. */
export const EXIT = {
  ok: 0,
  internal: 1,
  usage: 2,
  deadLettered: 3,
  threshold: 4,
  unreachable: 5,
  inDoubt: 6,
  lineHalted: 7,
  budget: 8,
  cancelled: 9,
  timeOver: 10,
  detached: 130,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export const EXIT_MEANING: Readonly<Record<ExitCode, string>> = {
  0: 'all delivered',
  1: 'internal error',
  2: 'wrong usage, settings or manifest',
  3: 'finished, some rows dead-lettered',
  4: 'failure threshold reached',
  5: 'Redis or the bucket unreachable, or Redis full',
  6: 'finished, some submits held in doubt',
  7: 'line halted by the account',
  8: 'budget reached',
  9: 'cancelled',
  10: 'its time is over, some rows still wait',
  130: 'detached by Ctrl-C, the work goes on',
};

/** The code of a batch that is followed no longer. Where several hold, the one that a person must act on first: 7, 8, 4, 10, 9, 6, 3. */
export const exitCodeOf = (batch: Batch, line: Pick<LineState, 'state'>): ExitCode => {
  const isFinished = batch.state === 'finished';
  const isCancelled = batch.run === 'cancelled' || batch.run === 'cancelling';
  // A finished or cancelled batch asks nothing of the line any more.
  if (line.state === 'halted' && !isFinished && !isCancelled) return EXIT.lineHalted;
  if (batch.run === 'paused' && batch.pausedBy === 'budget' && !isFinished) return EXIT.budget;
  if (batch.run === 'paused' && batch.pausedBy === 'threshold') return EXIT.threshold;
  if (isFinished && isThresholdReached(batch)) return EXIT.threshold;
  if (isTimeOver(batch)) return EXIT.timeOver;
  if (isCancelled) return EXIT.cancelled;
  if (batch.counts.in_doubt > 0) return EXIT.inDoubt;
  if (batch.counts.dead_lettered > 0) return EXIT.deadLettered;
  return EXIT.ok;
};
