// A row at work for unit tests.
import type { ExpansionId } from '../contract/ids.ts';
import type { InFlight } from './list-watch.ts';

export const rowAtWork = (taskId: string, submittedAt: number): InFlight => ({
  id: `x_${taskId}` as ExpansionId,
  hop: 2,
  taskId,
  submittedAt,
  polls: 0,
});
