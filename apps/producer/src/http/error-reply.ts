// From whatever a route or fastify threw to problem details. Nothing of the inside is told: an unforeseen error is in the log.
import { codeOf } from '@outpaint/shared/errors/outpaint-error';
import type { Logger } from '@outpaint/shared/telemetry/logger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { isRedisAway } from '../stores/redis-away.ts';
import { HTTP_PROBLEMS, HttpProblem, type HttpProblemCode, PROBLEM_TYPE, problemBody } from './problem.ts';

const RETRY_AFTER_S = 5;

/** Fastify's own refusals, by their code. */
const CODE_OF_FASTIFY: Readonly<Record<string, HttpProblemCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'body_too_large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'media_type_unknown',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'body_unreadable',
  FST_ERR_CTP_INVALID_JSON_BODY: 'body_unreadable',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'body_unreadable',
  FST_ERR_BAD_URL: 'parameters_invalid',
  FST_ERR_ASYNC_CONSTRAINT: 'parameters_invalid',
};

/** Our own codes that a caller can do something about. */
const CODE_OF_OURS: Readonly<Record<string, HttpProblemCode>> = {
  redis_nearly_full: 'redis_nearly_full',
  batch_cancelled: 'batch_cancelled',
  batch_newer: 'batch_newer',
  store_unavailable: 'store_unreachable',
  store_refused: 'store_unreachable',
  report_missing: 'not_found',
  batch_single: 'state_conflict',
  batch_name_invalid: 'request_invalid',
  money_invalid: 'request_invalid',
  manifest_too_large: 'body_too_large',
  manifest_not_gzip: 'body_unreadable',
  manifest_cut_off: 'body_unreadable',
  schedule_invalid: 'request_invalid',
  schedule_paused: 'state_conflict',
  manifest_mapping_invalid: 'request_invalid',
  manifest_unreadable: 'request_invalid',
  manifest_format_unknown: 'request_invalid',
};

export const sendProblem = (reply: FastifyReply, problem: HttpProblem): FastifyReply => {
  const { status, retryable } = HTTP_PROBLEMS[problem.code];
  const retryAfter = problem.facts.retryAfter ?? (retryable && status >= 429 ? RETRY_AFTER_S : undefined);
  if (retryAfter !== undefined) reply.header('retry-after', String(retryAfter));
  // As text: the route's own response schema must not judge a refusal.
  return reply
    .code(status)
    .type(PROBLEM_TYPE)
    .serializer((body: unknown) => String(body))
    .send(JSON.stringify(problemBody(problem.code, problem.message, problem.facts)));
};

const problemOf = (error: unknown): HttpProblem | null => {
  if (error instanceof HttpProblem) return error;
  const code = codeOf(error);
  const message = error instanceof Error ? error.message : String(error);
  if (hasZodFastifySchemaValidationErrors(error)) {
    return new HttpProblem('parameters_invalid', message.slice(0, 500), {
      errors: error.validation.slice(0, 50).map((issue) => ({
        field: issue.instancePath.replace(/^\//, '').replaceAll('/', '.'),
        value: undefined,
        message: issue.message ?? 'is not right',
      })),
    });
  }
  const known = CODE_OF_FASTIFY[code] ?? CODE_OF_OURS[code];
  if (known !== undefined) return new HttpProblem(known, message);
  if (isRedisAway(error)) {
    return new HttpProblem(
      'redis_unreachable',
      'Redis does not answer now; what was accepted before is kept. Send the same request again.',
    );
  }
  const status = (error as { statusCode?: unknown }).statusCode;
  if (typeof status === 'number' && status >= 400 && status < 500) return new HttpProblem('body_unreadable', message);
  return null;
};

export const createErrorReply =
  (log: Logger) =>
  (error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const problem = problemOf(error);
    if (problem === null) {
      log.error({ err: error, method: request.method, route: request.routeOptions.url }, 'request failed');
      return sendProblem(reply, new HttpProblem('internal', 'The server could not answer; its log says why.'));
    }
    if (problem.code === 'redis_unreachable') log.warn({ route: request.routeOptions.url }, problem.message);
    return sendProblem(reply, problem);
  };
