// Decides what follows from a failure: from its code, and only for an unknown code from the HTTP status.
import { type ErrorClass, type ErrorRow, rowOf } from './error-table.ts';
import { isOwnCode, OWN_CODES } from './own-codes.ts';

export type { ErrorClass } from './error-table.ts';

export interface FailureFacts {
  readonly code: string;
  readonly message?: string | null;
  /** Null or left out where there was none: a failed task is answered with 200, a broken connection with nothing. */
  readonly httpStatus?: number | null;
}

/** The few places where one code means two things and only the message tells them apart; compared in lower case. */
const MESSAGE_EXCEPTIONS: readonly { readonly code: RegExp; readonly message: string; readonly class: ErrorClass }[] = [
  { code: /^Throttling\.AllocationQuota$/, message: 'free allocated quota exceeded', class: 'account' },
  { code: /^insufficient_quota$/, message: 'free allocated quota exceeded', class: 'account' },
  { code: /DataInspection/i, message: 'unable to download the media resource', class: 'transient' },
  // A missing header is our own fault, for every picture alike: only a halted line keeps the batch whole.
  { code: /^AccessDenied$/, message: 'does not support synchronous calls', class: 'account' },
  // Seen in failed tasks under codes that nobody recorded (the first spelling is the service's).
  { code: /./, message: 'the size of input image is too small or to large', class: 'permanent' },
  { code: /./, message: 'the num of pixel extension is 0', class: 'permanent' },
];

/** The row of any code, the API's or ours; null if unknown. */
export const knownRow = (code: string): ErrorRow | null => (isOwnCode(code) ? OWN_CODES[code] : rowOf(code));

const classOfStatus = (httpStatus: number | null | undefined): ErrorClass => {
  if (httpStatus === 401 || httpStatus === 403) return 'account';
  if (httpStatus === 429) return 'throttled';
  // A proxy's way to say that it gave up waiting: nothing is wrong with the request.
  if (httpStatus === 408) return 'transient';
  if (typeof httpStatus === 'number' && httpStatus >= 400 && httpStatus < 500) return 'permanent';
  return 'transient';
};

/** Pure. `known: false` means that the code is in no table, so the class is a guess and its retries must be bounded. */
export const classify = (failure: FailureFacts): { class: ErrorClass; known: boolean } => {
  const message = failure.message?.toLowerCase() ?? '';
  const row = knownRow(failure.code);
  for (const exception of MESSAGE_EXCEPTIONS) {
    if (exception.code.test(failure.code) && message.includes(exception.message)) {
      return { class: exception.class, known: row !== null };
    }
  }
  return row === null ? { class: classOfStatus(failure.httpStatus), known: false } : { class: row.class, known: true };
};

/** What a code means and what a person can do about it, in English sentences. */
export const explain = (code: string): { meaning: string; remedy: string } => {
  const row = knownRow(code);
  if (row !== null) return { meaning: row.meaning, remedy: row.remedy };
  return {
    meaning: 'This code is not in our table.',
    remedy: "Look it up on the API's error page; redrive once its cause is gone.",
  };
};
