// Reads a worker's log for the answers of paid calls: what knows of a task when Redis and the worker have forgotten it.
import { asTaskId, isExpansionId } from '../contract/ids.ts';
import type { SubmitOfRow } from './put-back.ts';

/** The `event` of the line that a worker writes at the moment when a paid call is answered. */
export const SUBMIT_ANSWERED = 'submit_answered';

/** Null for every other line, and for one that is cut off or damaged. */
export const readJournalLine = (line: string): SubmitOfRow | null => {
  if (!line.includes(SUBMIT_ANSWERED)) return null;
  let json: Record<string, unknown>;
  try {
    json = JSON.parse(line.slice(line.indexOf('{'))) as Record<string, unknown>;
  } catch {
    return null;
  }
  const { event, expansion_id: id, task_id: taskId, licence, granted_at: at, upstream_request_id: requestId } = json;
  if (event !== SUBMIT_ANSWERED || typeof id !== 'string' || !isExpansionId(id)) return null;
  if (typeof taskId !== 'string' || taskId === '' || typeof licence !== 'string' || typeof at !== 'number') return null;
  return { id, taskId: asTaskId(taskId), licence, at, requestId: typeof requestId === 'string' ? requestId : null };
};
