// Says whether a task id that the API gave may stand in a URL and a record.
import { OutpaintError } from '@outpaint/shared/errors/outpaint-error';

const TASK_ID = /^[A-Za-z0-9._-]{1,128}$/;

/** True for 1 to 128 characters of `A-Za-z0-9._-`, except `.` and `..`, which a URL would swallow. All ids seen are UUIDs. */
export const isTaskId = (id: string): boolean => TASK_ID.test(id) && id !== '.' && id !== '..';

/** Throws `task_id_invalid` instead of putting something else into a URL. */
export const assertTaskId = (id: string): void => {
  if (!isTaskId(id))
    throw new OutpaintError('task_id_invalid', 'This is not a task id of the API.', { facts: { length: id.length } });
};
