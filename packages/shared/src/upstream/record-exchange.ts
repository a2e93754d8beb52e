// The same client, with every exchange written down: for a doctor that reads headers and a trial that keeps evidence.
import { Buffer } from 'node:buffer';
import type { Dispatcher } from 'undici';
import type { Calls, UpstreamDeps, UpstreamSettings } from './call.ts';
import { cancel } from './cancel.ts';
import { createClockOffset } from './clock-offset.ts';
import { type Connection, createConnection } from './connection.ts';
import type { Upstream } from './create-upstream.ts';
import { list } from './list.ts';
import { query } from './query.ts';
import { ANSWER_BYTES_MAX, type AnswerHeaders } from './request.ts';
import { submit } from './submit.ts';

/** As it went over the wire, with the key in it: scrub it before it is shown or kept. */
export interface RecordedExchange {
  /** Epoch ms by the given clock: when the request left, and when the answer was whole or had failed. */
  readonly sentAt: number;
  readonly endedAt: number;
  readonly method: string;
  /** Origin and path with query. */
  readonly url: string;
  readonly requestHeaders: Readonly<Record<string, string>>;
  readonly requestBody: string | null;
  /** Null when no answer began. */
  readonly status: number | null;
  readonly headers: AnswerHeaders;
  /** What came of the body, at most ANSWER_BYTES_MAX. */
  readonly body: Buffer;
  /** What broke it, for people; null for a whole answer. */
  readonly fault: string | null;
}

export type Recorder = (exchange: RecordedExchange) => void;

const namedHeaders = (headers: unknown): Record<string, string> =>
  typeof headers === 'object' && headers !== null && !Array.isArray(headers)
    ? Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]))
    : {};

/** Listens in on one dispatcher; changes nothing of what passes. */
const listening = (dispatcher: Dispatcher, record: Recorder, now: () => number): Dispatcher =>
  dispatcher.compose((dispatch) => (options, handler) => {
    const sentAt = now();
    const chunks: Buffer[] = [];
    let kept = 0;
    let status: number | null = null;
    let headers: AnswerHeaders = {};
    const end = (fault: string | null): void =>
      record({
        sentAt,
        endedAt: now(),
        method: options.method,
        url: `${String(options.origin ?? '')}${options.path}`,
        requestHeaders: namedHeaders(options.headers),
        requestBody: typeof options.body === 'string' ? options.body : null,
        status,
        headers,
        body: Buffer.concat(chunks, kept),
        fault,
      });
    return dispatch(options, {
      onRequestStart: (controller, context) => handler.onRequestStart?.(controller, context),
      onRequestUpgrade: (controller, code, upgraded, socket) =>
        handler.onRequestUpgrade?.(controller, code, upgraded, socket),
      onResponseStart: (controller, code, answered, text) => {
        if (code >= 200) {
          status = code;
          headers = answered;
        }
        handler.onResponseStart?.(controller, code, answered, text);
      },
      onResponseData: (controller, chunk) => {
        if (kept + chunk.length <= ANSWER_BYTES_MAX) {
          chunks.push(chunk);
          kept += chunk.length;
        }
        handler.onResponseData?.(controller, chunk);
      },
      // Recorded first: the caller goes on as soon as its own listener has run.
      onResponseEnd: (controller, trailers) => {
        end(null);
        handler.onResponseEnd?.(controller, trailers);
      },
      onResponseError: (controller, error) => {
        end(error.message === '' ? error.name : error.message);
        handler.onResponseError?.(controller, error);
      },
    });
  });

const listeningConnection = (connection: Connection, record: Recorder, now: () => number): Connection => ({
  ...connection,
  queries: listening(connection.queries, record, now),
  withFreshSocket: (use) => connection.withFreshSocket((dispatcher) => use(listening(dispatcher, record, now))),
});

/** As {@link createUpstream}, with the same guarantees; `record` runs once for each exchange, before its call resolves. */
export const createRecordingUpstream = (settings: UpstreamSettings, deps: UpstreamDeps, record: Recorder): Upstream => {
  const plain = createConnection(settings.baseUrl, settings.requestTimeoutMs);
  const connection = listeningConnection(plain, record, () => deps.clock.now());
  const clockOffset = createClockOffset();
  const calls: Calls = { settings, deps, connection, clockOffset };
  return {
    submit: (input, o) => submit(calls, input, o),
    query: (taskId, o) => query(calls, taskId, o),
    list: (o) => list(calls, o),
    cancel: (taskId, o) => cancel(calls, taskId, o),
    clockOffset: () => clockOffset.bounds(),
    close: () => plain.close(),
  };
};
