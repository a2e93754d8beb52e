// Reads an answer's body and headers without trusting either: any bytes in, known fields or null out.
import { gunzipSync } from 'node:zlib';
import { z } from 'zod';
import { ANSWER_BYTES_MAX, type AnswerHeaders, type Exchange } from './request.ts';

const text = z.string().nullish().catch(null);

// Deliberately small: only what we read, and every field may be missing or of another type, so that the API can grow.
const bodySchema = z.object({
  code: text,
  message: text,
  request_id: text,
  requestId: text, // seen from some gateways
  error: z.object({ code: text, type: text, message: text }).nullish().catch(null), // the compatible endpoints' shape
  output: z.object({ task_id: text }).nullish().catch(null),
});

export interface Answer {
  readonly status: number;
  readonly headers: AnswerHeaders;
  /** The parsed body if it is a JSON object, else null. */
  readonly json: Readonly<Record<string, unknown>> | null;
  /** The API's own error code, when the body is a JSON object that names one. */
  readonly code: string | null;
  readonly message: string | null;
  readonly requestId: string | null;
  readonly taskId: string | null;
}

/** One header's value; the first if it came more than once. */
export const headerOf = (headers: AnswerHeaders, name: string): string | null => {
  const value = headers[name];
  return (Array.isArray(value) ? value[0] : value) ?? null;
};

/** When the other side's clock stamped its answer, in epoch ms of whole seconds; null where it did not. */
export const serverDateOf = (headers: AnswerHeaders): number | null => {
  const ms = Date.parse(headerOf(headers, 'date') ?? '');
  return Number.isNaN(ms) ? null : ms;
};

const VISIBLE = /^[\x21-\x7e]{1,128}$/;

/** The request id from the headers: `x-request-id` on newer gateways, `eagleeye-traceid` on older ones. */
export const requestIdOf = (headers: AnswerHeaders): string | null => {
  for (const name of ['x-request-id', 'eagleeye-traceid']) {
    const id = headerOf(headers, name);
    if (id !== null && VISIBLE.test(id)) return id;
  }
  return null;
};

// We ask for identity, but the API has been recorded answering in gzip; an unreadable answer to a submit costs a doubt.
const inflated = (bytes: Buffer, headers: AnswerHeaders): Buffer | null => {
  if (headerOf(headers, 'content-encoding')?.toLowerCase() !== 'gzip') return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: ANSWER_BYTES_MAX });
  } catch {
    return null;
  }
};

const parsed = (bytes: Buffer | null): Record<string, unknown> | null => {
  if (bytes === null) return null;
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
};

/** Never throws; a body that is not a JSON object gives `json: null` and what the headers know. */
export const readAnswer = (exchange: Extract<Exchange, { kind: 'answered' }>): Answer => {
  const { status, headers } = exchange;
  const json = parsed(inflated(exchange.bytes, headers));
  const body = bodySchema.parse(json ?? {});
  const bodyRequestId = body.request_id || body.requestId || '';
  return {
    status,
    headers,
    json,
    code: body.code || body.error?.code || body.error?.type || null,
    message: body.message || body.error?.message || null,
    requestId: VISIBLE.test(bodyRequestId) ? bodyRequestId : requestIdOf(headers),
    taskId: body.output?.task_id || null,
  };
};
