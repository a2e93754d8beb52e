// Transitions of the deliver stage: the picture is in the bucket, or not yet.
import type { TaskId } from '../../contract/ids.ts';
import type { DeliveryCount } from '../delivery-failures.ts';
import type { Failure } from '../failure.ts';
import type { StoredPicture } from '../outcome.ts';
import type { ExpansionRecord } from '../record.ts';
import type { Transition } from '../transition.ts';
import { errorEntry } from './error-entry.ts';

export const toRetriedDelivery = (
  record: ExpansionRecord,
  failure: Failure,
  watchMs: number,
  count: DeliveryCount,
): Transition => ({
  name: 'undelivered',
  from: ['generated'],
  to: 'generated',
  hop: record.hop,
  add: { [count]: 1 },
  error: errorEntry('deliver', failure, record.taskId),
  watch_in: watchMs,
});

const pictureFields = (picture: StoredPicture): Record<string, string | number> => ({
  delivered_at: 'now',
  object_bytes: picture.bytes,
  object_sha256: picture.sha256 ?? '',
  ...(picture.width === null ? {} : { object_width: picture.width }),
  ...(picture.height === null ? {} : { object_height: picture.height }),
});

/** The object was confirmed in the bucket, so this holds whatever the hop has become. */
export const toDelivered = (picture: StoredPicture): Transition => ({
  name: 'delivered',
  from: ['generated'],
  to: 'delivered',
  set: pictureFields(picture),
  // A presigned link is a bearer token: it leaves the record as soon as it has done its work.
  unset: ['result_url', 'result_expires_at'],
});

/** With the task that made it, which the upstream may still list and which is a stranger's otherwise. */
export const toFound = (record: ExpansionRecord, picture: StoredPicture, taskId: TaskId | null = null): Transition => ({
  name: 'found_in_bucket',
  from: ['accepted'],
  to: 'delivered',
  hop: record.hop,
  set: { ...pictureFields(picture), ...(taskId === null ? {} : { task_id: taskId }) },
});
