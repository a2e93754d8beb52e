// Notices that rows wait and nobody takes them up, which nearly always means that no worker runs.
import type { Batch } from '@outpaint/shared/batch/batch';
import type { LineState } from '@outpaint/shared/batch/batch-store';
import { rowsAtWork } from '../view/ending.ts';

/** The feed looks twice a second; after so long somebody would have taken a row up. */
const IDLE_MS = 20_000;

/** Answers true once, when nothing has moved for 20 s though it could. */
export const createIdleHint = (): ((now: number, batch: Batch, line: LineState) => boolean) => {
  let since: number | null = null;
  let told = false;
  return (now, batch, line) => {
    const couldMove = batch.run === 'running' && line.state === 'running' && batch.counts.accepted > 0;
    // Slots taken by other batches, retries to come and results to be fetched are all reasons to wait.
    const isBusy = rowsAtWork(batch) > 0 || line.slotsInUse > 0 || line.undelivered > 0 || line.retriesWaiting > 0;
    if (!couldMove || isBusy) {
      since = null;
      return false;
    }
    since ??= now;
    if (told || now - since < IDLE_MS) return false;
    told = true;
    return true;
  };
};
