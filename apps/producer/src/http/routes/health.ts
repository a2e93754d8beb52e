// For supervisors and Prometheus: alive, able to work, and numbers.
import { codeOf } from '@outpaint/shared/errors/outpaint-error';
import { z } from 'zod';
import type { HttpMetrics } from '../http-metrics.ts';
import { problemsWithoutInput } from '../responses.ts';
import type { App, ServerContext } from '../server-context.ts';

const status = z.object({ status: z.string(), problems: z.array(z.string()).optional() });

export const healthRoutes = (app: App, context: ServerContext, metrics: HttpMetrics): void => {
  const tags = ['operations'];

  app.get(
    '/healthz',
    {
      config: { scope: null },
      schema: { operationId: 'health', summary: 'The process answers', tags, response: { 200: status } },
    },
    async () => ({ status: context.stopping.aborted ? 'draining' : 'ok' }),
  );

  app.get(
    '/readyz',
    {
      config: { scope: null },
      schema: {
        operationId: 'readiness',
        summary: 'Redis takes writes and the server is not stopping',
        tags,
        response: { 200: status, 503: status },
      },
    },
    async (_request, reply) => {
      if (context.stopping.aborted) return reply.code(503).send({ status: 'draining' });
      try {
        await context.stores.tryWrite();
        return { status: 'ready' };
      } catch (error) {
        return reply.code(503).send({ status: 'not_ready', problems: [`redis: ${codeOf(error)}`] });
      }
    },
  );

  app.get(
    '/metrics',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'metrics',
        summary: 'Numbers of this server for Prometheus',
        tags,
        produces: ['text/plain'],
        response: { 200: z.string(), ...problemsWithoutInput() },
      },
    },
    async (_request, reply) => reply.type(metrics.contentType).send(await metrics.text()),
  );
};
