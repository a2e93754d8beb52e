// One HTTP exchange with limits on time and size, sent at most once, that says how far it came when it breaks.
import type { Dispatcher } from 'undici';

/** An answer of the API is a few hundred bytes; a list page of 100 tasks some 60 KiB. */
export const ANSWER_BYTES_MAX = 1024 * 1024;
/** Recorded answers carry under 2 KiB of headers. */
export const HEADER_BYTES_MAX = 64 * 1024;

export interface Wire {
  readonly dispatcher: Dispatcher;
  readonly origin: string;
  readonly path: string;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Bounds connecting, sending, waiting and reading together. */
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
  /** Runs when the connection stands and no byte has left; throwing stops the request. */
  readonly beforeSend?: () => void;
}

/** What ended an exchange early. `fault` is the low-level error code (`ECONNREFUSED`), for people. */
export interface Break {
  readonly reason: 'timeout' | 'reset' | 'malformed' | 'too_large' | 'aborted';
  readonly fault: string;
}

export type AnswerHeaders = Readonly<Record<string, string | string[] | undefined>>;

/**
 * `unsent`: not a byte of the request left this process. `silent`: bytes may have left, no headers came back.
 * `broken`: status and headers came, the body did not come whole. `answered`: the whole answer.
 */
export type Exchange =
  | { readonly kind: 'unsent'; readonly break: Break }
  | { readonly kind: 'silent'; readonly break: Break }
  | { readonly kind: 'broken'; readonly break: Break; readonly status: number; readonly headers: AnswerHeaders }
  | { readonly kind: 'answered'; readonly status: number; readonly headers: AnswerHeaders; readonly bytes: Buffer };

const stop = (reason: Break['reason'], fault: string): Error & { stop: Break } =>
  Object.assign(new Error(fault), { stop: { reason, fault } });

const breakOf = (error: unknown): Break => {
  if (typeof error !== 'object' || error === null) return { reason: 'reset', fault: 'unknown' };
  if ('stop' in error) return error.stop as Break;
  const fault = 'code' in error && typeof error.code === 'string' ? error.code : 'unknown';
  if (fault.endsWith('_TIMEOUT') || fault === 'ETIMEDOUT') return { reason: 'timeout', fault };
  if (fault === 'UND_ERR_RES_EXCEEDED_MAX_SIZE' || fault === 'UND_ERR_HEADERS_OVERFLOW') {
    return { reason: 'too_large', fault };
  }
  // The parser's errors carry no code of their own in undici 8: what came back is not HTTP/1.1.
  if ('name' in error && error.name === 'HTTPParserError') return { reason: 'malformed', fault: 'not HTTP/1.1' };
  return { reason: 'reset', fault };
};

/**
 * Sends the request once and settles once, within `deadlineMs` or soon after `signal`; never retries, never follows a
 * redirect. Whatever the network does is a value; it rejects only with what `beforeSend` threw, and then nothing was sent.
 * `dispatch` is used rather than undici's `request` because only a handler learns of the moment between "connected" and
 * "first byte written" (`onRequestStart`, lib/dispatcher/client-h1.js): before it, surely nothing was created upstream.
 */
export const request = (wire: Wire): Promise<Exchange> =>
  new Promise((resolve, reject) => {
    let settled = false;
    let controller: Dispatcher.DispatchController | undefined;
    let status = 0;
    let headers: AnswerHeaders | undefined;
    let received = 0;
    const chunks: Buffer[] = [];

    const settle = (give: () => void): void => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      wire.signal.removeEventListener('abort', onAbort);
      give();
    };
    const settleBroken = (cause: Break): void =>
      settle(() => {
        if (controller === undefined) resolve({ kind: 'unsent', break: cause });
        else if (headers === undefined) resolve({ kind: 'silent', break: cause });
        else resolve({ kind: 'broken', break: cause, status, headers });
      });
    const giveUp = (error: Error & { stop: Break }): void => {
      settleBroken(error.stop);
      controller?.abort(error);
    };
    const onAbort = (): void => giveUp(stop('aborted', 'aborted by the caller'));
    // One turn later: a process that stood still past its deadline first reads the answer that lies in its socket.
    const timer = setTimeout(
      () => setImmediate(() => giveUp(stop('timeout', `no whole answer in ${wire.deadlineMs} ms`))),
      wire.deadlineMs,
    );
    if (wire.signal.aborted) return onAbort();
    wire.signal.addEventListener('abort', onAbort, { once: true });

    const handler: Dispatcher.DispatchHandler = {
      onRequestStart(started) {
        // Given up while still connecting, or a second start of the same request: throwing here keeps every byte back.
        if (settled || controller !== undefined) throw stop('aborted', 'given up before sending');
        try {
          wire.beforeSend?.();
        } catch (error) {
          settle(() => reject(error));
          throw stop('aborted', 'stopped before sending');
        }
        controller = started;
      },
      onResponseStart(_controller, statusCode, answerHeaders) {
        if (statusCode < 200) return; // 103 and its kind announce, they do not answer
        status = statusCode;
        headers = answerHeaders;
      },
      onResponseData(started, chunk) {
        received += chunk.length;
        if (received > ANSWER_BYTES_MAX) {
          started.abort(stop('too_large', `answer larger than ${ANSWER_BYTES_MAX} bytes`));
          return;
        }
        chunks.push(chunk);
      },
      onResponseEnd() {
        const answered = headers ?? {};
        settle(() => resolve({ kind: 'answered', status, headers: answered, bytes: Buffer.concat(chunks, received) }));
      },
      onResponseError(_controller, error) {
        settleBroken(breakOf(error));
      },
    };
    wire.dispatcher.dispatch(
      {
        origin: wire.origin,
        path: wire.path,
        method: wire.method,
        headers: wire.headers,
        body: wire.body ?? null,
        headersTimeout: wire.deadlineMs,
        bodyTimeout: wire.deadlineMs,
      },
      handler,
    );
  });
