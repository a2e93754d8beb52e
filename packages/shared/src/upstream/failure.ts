// Turns an exchange that did not give what was asked for into facts: code, message, status, ids, class; never the key.
import { classify } from '../errors/classify.ts';
import type { Answer } from './answer.ts';
import { requestIdOf } from './answer.ts';
import type { Break, Exchange } from './request.ts';
import { retryAfterMsOf } from './retry-after.ts';

export type ErrorClass = ReturnType<typeof classify>['class'];

export interface UpstreamFailure {
  /** The API's own code when its answer names one, else one of ours (`upstream_…`). At most 128 characters. */
  code: string;
  /** For people; at most 500 characters, on one line, without secrets. */
  message: string;
  httpStatus: number | null;
  requestId: string | null;
  /** What the API asked us to wait, within sane bounds. */
  retryAfterMs: number | null;
  class: ErrorClass;
}

export interface FailureContext {
  readonly apiKey: string;
  readonly nowMs: number;
}

const MESSAGE_LENGTH_MAX = 500;
const CODE = /^[\w.:-](?:[\w .:-]{0,126}[\w.:-])?$/; // one has a space: `NOT AUTHORIZED`
// The API's own messages may quote the key that it refused, and a proxy's page may echo our headers.
const KEY_SHAPED = /\bsk-[\w-]{6,}/g;

/** Text from outside, made fit for a record: without the key, on one line, bounded. */
export const cleaned = (text: string, apiKey: string): string =>
  (apiKey === '' ? text : text.replaceAll(apiKey, '[key]'))
    .replace(KEY_SHAPED, '[key]')
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()
    .slice(0, MESSAGE_LENGTH_MAX);

const failure = (
  code: string,
  message: string,
  about: Pick<UpstreamFailure, 'httpStatus' | 'requestId' | 'retryAfterMs'>,
  context: FailureContext,
): UpstreamFailure => {
  const text = cleaned(message, context.apiKey);
  return {
    code,
    message: text,
    ...about,
    class: classify({ code, message: text, httpStatus: about.httpStatus }).class,
  };
};

// An abort after sending is a deadline set by our own side.
const CODE_OF_BREAK = {
  timeout: 'upstream_timeout',
  aborted: 'upstream_timeout',
  reset: 'upstream_reset',
  malformed: 'upstream_bad_answer',
  too_large: 'upstream_answer_too_large',
} as const satisfies Record<Break['reason'], string>;

/** A failure of an exchange without a whole answer. */
export const failureOfBreak = (
  exchange: Exclude<Exchange, { kind: 'answered' }>,
  context: FailureContext,
): UpstreamFailure => {
  const { reason, fault } = exchange.break;
  if (exchange.kind === 'unsent') {
    const about = { httpStatus: null, requestId: null, retryAfterMs: null };
    return failure('upstream_unreachable', `Nothing was sent: ${fault}.`, about, context);
  }
  const code = CODE_OF_BREAK[reason];
  if (exchange.kind === 'silent') {
    const about = { httpStatus: null, requestId: null, retryAfterMs: null };
    return failure(code, `The request was sent, no answer came: ${fault}.`, about, context);
  }
  const about = {
    httpStatus: exchange.status,
    requestId: requestIdOf(exchange.headers),
    retryAfterMs: retryAfterMsOf(exchange.headers, context.nowMs),
  };
  return failure(code, `The answer (HTTP ${exchange.status}) broke off: ${fault}.`, about, context);
};

const aboutOf = (answer: Answer, context: FailureContext) => ({
  httpStatus: answer.status,
  requestId: answer.requestId,
  retryAfterMs: retryAfterMsOf(answer.headers, context.nowMs),
});

// Statuses that speak for themselves when the body does not: a gateway that throttles or locks us out would otherwise cost
// every expansion its attempts, while waiting or halting the line costs nothing.
const TELLING_STATUSES: readonly number[] = [401, 403, 429];

/** A failure that the API itself reports: its own code where it names one. */
export const failureOfAnswer = (answer: Answer, context: FailureContext): UpstreamFailure => {
  const { status } = answer;
  const message = answer.message ?? `HTTP ${status} without a message.`;
  const about = aboutOf(answer, context);
  if (answer.code !== null && CODE.test(answer.code) && cleaned(answer.code, context.apiKey) === answer.code) {
    return failure(answer.code, message, about, context);
  }
  const told = failure(answer.json === null ? 'upstream_not_json' : 'upstream_bad_answer', message, about, context);
  if (!TELLING_STATUSES.includes(status)) return told;
  return { ...told, class: classify({ code: `http_${status}`, httpStatus: status }).class };
};

/** A failure of a successful-looking answer that lacks what was asked for. */
export const failureOfShape = (answer: Answer, missing: string, context: FailureContext): UpstreamFailure => {
  const said = [answer.code, answer.message].filter((part) => part !== null).join(': ');
  const message = `HTTP ${answer.status}, but ${missing}${said === '' ? '' : ` (it says ${said})`}.`;
  return failure('upstream_bad_answer', message, aboutOf(answer, context), context);
};
