// By which names a log line about an expansion is found: its own, its batch's, its task's, its caller's trace's.
import type { ExpansionRecord } from '../lifecycle/record.ts';

type Named = Pick<ExpansionRecord, 'id' | 'batch' | 'taskId' | 'trace'>;

export const namesOf = ({ id, batch, taskId, trace }: Named) => ({
  expansion_id: id,
  batch,
  ...(taskId === null ? {} : { task_id: taskId }),
  ...(trace === null ? {} : { trace_id: trace.traceId }),
});
