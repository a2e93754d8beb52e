// Whether an answer to a submit leaves a chance that a task was created: the question on which paying twice hangs.
import { rowOf } from './error-table.ts';
import { isOwnCode, OWN_CODES } from './own-codes.ts';

export interface SubmitAnswer {
  /** Null if no answer was read at all. */
  readonly httpStatus: number | null;
  /** The body was the API's own JSON: an object with a code or an output. */
  readonly isApiJson: boolean;
  /** The API's code, or ours where there was no answer (`upstream_timeout`). */
  readonly code: string | null;
  readonly hasTaskId: boolean;
}

/** Gateways on the way say these when they gave up waiting; the request may have gone through. */
const GATEWAY_GAVE_UP: readonly number[] = [408, 499];

/**
 * `no` only where the answer itself shows that no task was made: refused connection, 4xx, and, unless
 * `submit5xxInDoubt`, a 5xx that is the API's own JSON with a code we know. Everything else is `maybe`.
 */
export const createdBy = (answer: SubmitAnswer, options: { submit5xxInDoubt: boolean }): 'no' | 'maybe' => {
  const { httpStatus, code } = answer;
  if (answer.hasTaskId) return 'maybe';
  if (httpStatus === null) return code !== null && isOwnCode(code) ? OWN_CODES[code].created : 'maybe';
  const row = code === null ? null : rowOf(code);
  if (row?.created === 'maybe') return 'maybe';
  if (httpStatus >= 400 && httpStatus < 500) {
    return GATEWAY_GAVE_UP.includes(httpStatus) && !(answer.isApiJson && row !== null) ? 'maybe' : 'no';
  }
  if (httpStatus < 500 || options.submit5xxInDoubt) return 'maybe';
  return answer.isApiJson && row !== null ? 'no' : 'maybe';
};
