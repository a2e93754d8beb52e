// What a caller is told when something is wrong: RFC 9457, with a stable code and whether asking again may help.
import type { Problem } from '@outpaint/shared/contract/problem';
import { z } from 'zod';

const fieldError = z.object({
  field: z.string().meta({ description: 'dotted name, empty for the whole' }),
  message: z.string(),
  value: z.unknown().optional(),
  allowed: z.string().optional(),
  remedy: z.string().optional(),
});

export const problemSchema = z
  .object({
    type: z.string().meta({ description: 'urn:outpaint:problem:<code>, stable' }),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string(),
    retryable: z.boolean().meta({ description: 'the same request may succeed later' }),
    errors: z.array(fieldError).optional().meta({ description: 'what is wrong with which field' }),
    rows: z
      .array(z.object({ line: z.int(), errors: z.array(fieldError), text: z.string().optional() }))
      .optional()
      .meta({ description: 'what is wrong with which line of a manifest; the first hundred' }),
  })
  .meta({ id: 'Problem', description: 'RFC 9457 problem details' });

export type ProblemBody = z.infer<typeof problemSchema>;
export const PROBLEM_TYPE = 'application/problem+json';

/** Every code that the server answers with. `title` never changes with the occurrence; `detail` is about this one. */
export const HTTP_PROBLEMS = {
  request_invalid: { status: 422, title: 'The request is not right', retryable: false },
  manifest_invalid: { status: 422, title: 'Rows of the manifest cannot be accepted', retryable: false },
  body_unreadable: { status: 400, title: 'The body cannot be read', retryable: false },
  parameters_invalid: { status: 400, title: 'The query or path is not right', retryable: false },
  media_type_unknown: { status: 415, title: 'The body is in a form that is not known here', retryable: false },
  body_too_large: { status: 413, title: 'The body is too large', retryable: false },
  token_missing: { status: 401, title: 'A token is needed', retryable: false },
  token_unknown: { status: 401, title: 'The token is not known', retryable: false },
  scope_missing: { status: 403, title: 'The token does not allow this', retryable: false },
  origin_refused: { status: 403, title: 'Pages of other sites may not call this server', retryable: false },
  not_found: { status: 404, title: 'There is no such thing here', retryable: false },
  method_not_allowed: { status: 405, title: 'This method is not answered here', retryable: false },
  expansion_conflict: { status: 409, title: 'This custom_id was accepted with other content', retryable: false },
  batch_cancelled: { status: 409, title: 'The batch was cancelled', retryable: false },
  state_conflict: { status: 409, title: 'That is not possible as things stand', retryable: false },
  idempotency_in_flight: { status: 409, title: 'The same request is being answered', retryable: true },
  idempotency_key_invalid: { status: 400, title: 'The Idempotency-Key cannot be used', retryable: false },
  idempotency_key_reused: { status: 422, title: 'The Idempotency-Key was used for another request', retryable: false },
  rate_exceeded: { status: 429, title: 'Too many requests', retryable: true },
  redis_nearly_full: { status: 503, title: 'Redis is nearly full', retryable: true },
  batch_newer: { status: 503, title: 'The batch is of a later version of this program', retryable: true },
  store_unreachable: { status: 503, title: 'The bucket does not answer', retryable: true },
  redis_unreachable: { status: 503, title: 'Redis does not answer', retryable: true },
  stopping: { status: 503, title: 'The server is stopping', retryable: true },
  internal: { status: 500, title: 'Something went wrong here', retryable: true },
} as const satisfies Record<string, { status: number; title: string; retryable: boolean }>;

export type HttpProblemCode = keyof typeof HTTP_PROBLEMS;

export interface ProblemFacts {
  readonly errors?: readonly Problem[];
  readonly rows?: ProblemBody['rows'];
  /** Seconds after which asking again makes sense. */
  readonly retryAfter?: number;
}

/** Thrown by a route, answered as problem details. */
export class HttpProblem extends Error {
  readonly code: HttpProblemCode;
  readonly facts: ProblemFacts;

  constructor(code: HttpProblemCode, detail: string, facts: ProblemFacts = {}) {
    super(detail);
    this.name = 'HttpProblem';
    this.code = code;
    this.facts = facts;
  }
}

/** The field errors of a problem as they are sent; a value that JSON cannot hold is left out. */
export const fieldErrors = (problems: readonly Problem[]): NonNullable<ProblemBody['errors']> =>
  problems.map(({ field, message, value, allowed, remedy }) => ({
    field,
    message,
    ...(value === undefined ? {} : { value }),
    ...(allowed === undefined ? {} : { allowed }),
    ...(remedy === undefined ? {} : { remedy }),
  }));

export const problemBody = (code: HttpProblemCode, detail: string, facts: ProblemFacts = {}): ProblemBody => ({
  type: `urn:outpaint:problem:${code}`,
  ...HTTP_PROBLEMS[code],
  detail,
  code,
  ...(facts.errors === undefined ? {} : { errors: fieldErrors(facts.errors) }),
  ...(facts.rows === undefined ? {} : { rows: facts.rows }),
});
