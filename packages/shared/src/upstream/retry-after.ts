// Reads `Retry-After` and believes it only within bounds.

import { headerOf } from './answer.ts';
import type { AnswerHeaders } from './request.ts';

/** No header of this kind has been recorded from the API; a proxy's longer wish would only hide a broken line. */
export const RETRY_AFTER_MS_MAX = 10 * 60_000;

/** Milliseconds to wait, 0 to ten minutes; null if absent, unreadable or out of bounds. `nowMs` serves the date form. */
export const retryAfterMsOf = (headers: AnswerHeaders, nowMs: number): number | null => {
  const written = headerOf(headers, 'retry-after')?.trim() ?? '';
  const ms = /^\d+(\.\d+)?$/.test(written)
    ? Math.ceil(Number(written) * 1000)
    : written.endsWith(' GMT')
      ? Math.max(0, Date.parse(written) - nowMs)
      : Number.NaN;
  return ms >= 0 && ms <= RETRY_AFTER_MS_MAX ? ms : null;
};
