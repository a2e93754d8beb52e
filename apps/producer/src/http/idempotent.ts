// The Idempotency-Key of the IETF draft: the same key and body get the stored answer, and the key names the paid work.
import { createHash } from 'node:crypto';
import type { CustomId } from '@outpaint/shared/contract/ids';
import type { IdempotencyStore, KeptAnswer } from '@outpaint/shared/record/idempotency-store';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Caller } from './access.ts';
import { sendProblem } from './error-reply.ts';
import { HttpProblem } from './problem.ts';

const KEY_CHARS_MAX = 255;
/** What a second request under a key is asked to wait while the first is answered. */
const IN_FLIGHT_RETRY_S = 1;

const digestOf = (...parts: readonly string[]): string =>
  createHash('sha256').update(parts.join('\0'), 'utf8').digest('hex');

/** The header's value, or null where it was not sent. As a quoted string of the draft, or bare, as most clients send it. */
export const idempotencyKeyOf = (request: FastifyRequest): string | null => {
  const header = request.headers['idempotency-key'];
  if (header === undefined) return null;
  const text = Array.isArray(header) ? header.join(',') : header;
  const key = /^"(.*)"$/.exec(text)?.[1] ?? text;
  if (key !== '' && key.length <= KEY_CHARS_MAX && /^[\x21-\x7e]+$/.test(key)) return key;
  throw new HttpProblem(
    'idempotency_key_invalid',
    `An Idempotency-Key has 1 to ${KEY_CHARS_MAX} visible ASCII characters, such as a UUID.`,
  );
};

/** Two requests with the same meaning have the same text, whatever the order of their fields. */
const canonical = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${canonical(field)}`).join(',')}}`;
};

/** The name of an expansion that has a key and no custom_id: sent again, after whatever failure, it is the same expansion. */
export const customIdOfKey = (caller: Caller, key: string): CustomId =>
  `key-${digestOf(caller.name, key).slice(0, 32)}` as CustomId;

/**
 * Answers with what `work` answers, once. A refusal that the caller can mend, and a failure of ours, are not kept: the
 * same key then works again. Without a key the work is simply done.
 */
export const answeredOnce = async (
  store: IdempotencyStore,
  caller: Caller,
  request: FastifyRequest,
  reply: FastifyReply,
  work: () => Promise<KeptAnswer>,
): Promise<FastifyReply> => {
  const send = (answer: KeptAnswer): FastifyReply =>
    reply
      .code(answer.status)
      .headers(answer.headers)
      .serializer((body: unknown) => String(body))
      .type('application/json; charset=utf-8')
      .send(answer.body);
  const key = idempotencyKeyOf(request);
  if (key === null) return send(await work());
  const name = digestOf(caller.name, key);
  const fingerprint = digestOf(request.method, request.routeOptions.url ?? '', canonical(request.body));
  const state = await store.begin(name, fingerprint);
  switch (state.kind) {
    case 'kept':
      reply.header('idempotent-replayed', 'true');
      return send(state.answer);
    case 'in_flight':
      return sendProblem(
        reply,
        new HttpProblem('idempotency_in_flight', 'The first request with this key is still being answered.', {
          retryAfter: IN_FLIGHT_RETRY_S,
        }),
      );
    case 'other_request':
      return sendProblem(
        reply,
        new HttpProblem('idempotency_key_reused', 'This key came with another body before: use a new one.'),
      );
    case 'fresh':
      try {
        const answer = await work();
        await store.keep(name, fingerprint, answer);
        return send(answer);
      } catch (error) {
        // If this fails as well, the key frees itself after a minute.
        await store.forget(name).catch(() => undefined);
        throw error;
      }
  }
};
