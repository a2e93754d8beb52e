// When following a batch is over: it is finished, or nothing is at work and nothing will be until somebody acts. Pure.
import type { Batch } from '@outpaint/shared/batch/batch';
import type { LineState } from '@outpaint/shared/batch/batch-store';

export type Ending = 'finished' | 'cancelled' | 'budget' | 'threshold' | 'window' | 'line_halted';

/** Rows for which a call is, or may be, under way: these move on though the batch is paused or the line halted. */
export const rowsAtWork = ({ counts, held }: Batch): number =>
  counts.submitting + counts.submitted + counts.generated + counts.in_doubt - held;

/** Its own hours are over, and nothing but a word begins new ones. */
export const isTimeOver = ({ run, pausedBy, pausedAt, notAfter }: Batch): boolean =>
  run === 'paused' && pausedBy === 'window' && notAfter !== undefined && (pausedAt ?? 0) >= notAfter;

/** Null while there is something to wait for. A pause by a person or until hours begin ends by itself or by a word: it is waited out. */
export const endingOf = (batch: Batch, line: Pick<LineState, 'state'>): Ending | null => {
  if (batch.state === 'finished') return batch.run === 'cancelled' ? 'cancelled' : 'finished';
  // Its waiting rows go in chunks, whatever the line does.
  if (rowsAtWork(batch) > 0 || batch.run === 'cancelling') return null;
  if (batch.run === 'cancelled') return 'cancelled';
  if (batch.run === 'paused' && batch.pausedBy === 'budget') return 'budget';
  if (batch.run === 'paused' && batch.pausedBy === 'threshold') return 'threshold';
  if (isTimeOver(batch)) return 'window';
  if (line.state === 'halted' && batch.counts.accepted > 0) return 'line_halted';
  return null;
};
