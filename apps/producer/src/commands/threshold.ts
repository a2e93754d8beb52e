// Whether so many rows of a batch have failed that it should stop. Pure.
import type { Batch } from '@outpaint/shared/batch/batch';

/**
 * As the licence judges it before each submit, but for the least sample of a percentage:
 * whoever asks here asks about the rows that there are.
 */
export const isThresholdReached = (batch: Batch): boolean => {
  const dead = batch.counts.dead_lettered;
  if (dead === 0) return false;
  if (batch.failuresMax !== null && dead >= batch.failuresMax) return true;
  const ended = dead + batch.counts.delivered;
  return batch.failuresPercent !== null && dead * 100 >= batch.failuresPercent * ended;
};
