// Which failures of a delivery cost an attempt, and how many there were of the kind. Pure.
import type { Failure } from './failure.ts';
import type { ExpansionRecord } from './record.ts';

export type DeliveryCount = 'deliver_attempts' | 'store_errors' | 'poll_errors';

/** The picture is paid for: while only our store or the API is away, waiting costs nothing. It ends when they answer. */
const WAITS_FOR = new Map<string, DeliveryCount>([
  ['store_unavailable', 'store_errors'],
  ['store_refused', 'store_errors'],
  ['result_link_unavailable', 'poll_errors'],
]);

export const deliveryFailures = (
  record: ExpansionRecord,
  failure: Failure,
): { readonly waits: boolean; readonly count: DeliveryCount; readonly failures: number } => {
  const count = WAITS_FOR.get(failure.code) ?? 'deliver_attempts';
  const before = {
    store_errors: record.storeErrors,
    poll_errors: record.pollErrors,
    deliver_attempts: record.deliverAttempts,
  };
  return { waits: WAITS_FOR.has(failure.code), count, failures: before[count] + 1 };
};
