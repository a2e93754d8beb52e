// What the OpenAPI document says about the server as a whole.
import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger';

export const OPENAPI = (withTokens: boolean): NonNullable<FastifyDynamicSwaggerOptions['openapi']> => ({
  openapi: '3.1.0',
  info: {
    title: 'outpaint',
    version: '1',
    description:
      'Hand in pictures to be extended, follow them, and mend what failed. A 202 means kept: each picture is paid at most once and delivered or explained. Errors are problem details (RFC 9457) with a stable `code`; `retryable` says whether the same request may succeed later.',
  },
  tags: [
    { name: 'expansions', description: 'one picture' },
    { name: 'batches', description: 'many pictures as one thing' },
    { name: 'dead letters', description: 'what cannot be finished as it is' },
    { name: 'line', description: "the account's submitting" },
    { name: 'schedules', description: 'batches that run by themselves at civil times' },
    { name: 'session', description: 'a person in a browser' },
    { name: 'operations', description: 'for supervisors and Prometheus' },
  ],
  ...(withTokens
    ? {
        components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
        security: [{ token: [] }],
      }
    : {}),
});
