// Says whether a task id that the API gave may stand in a URL and a record, by the contract's own rule.
import { asTaskId } from '../contract/ids.ts';

/** True for what `asTaskId` accepts; the other calls use `asTaskId` itself and throw `task_id_invalid`. */
export const isTaskId = (id: string): boolean => {
  try {
    asTaskId(id);
    return true;
  } catch {
    return false;
  }
};
