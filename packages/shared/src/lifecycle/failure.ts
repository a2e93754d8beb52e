// What went wrong in one step: plain facts that fit in a record and in a dead letter.
import type { ErrorClass } from '../errors/error-table.ts';

/** Facts of one failure. `code` is the API's own or ours; `class` was decided from the code, once, where it was met. */
export interface Failure {
  readonly code: string;
  readonly class: ErrorClass;
  readonly message: string;
  readonly httpStatus?: number | null;
  readonly requestId?: string | null;
  /** How long the upstream asked us to wait, in ms, if it ever does. */
  readonly retryAfterMs?: number | null;
}

/** A failure as the record keeps it, newest last, the last {@link ERRORS_KEPT_MAX} only. */
export interface FailureEntry {
  readonly at: number;
  readonly stage: string;
  readonly code: string;
  readonly class: string;
  readonly message: string;
  readonly request_id?: string;
  readonly task_id?: string;
}

export const ERRORS_KEPT_MAX = 10;
const MESSAGE_CHARS_MAX = 500;

/** Cuts what an upstream may have written at any length. */
export const boundedMessage = (message: string): string =>
  message.length <= MESSAGE_CHARS_MAX ? message : `${message.slice(0, MESSAGE_CHARS_MAX)}…`;
