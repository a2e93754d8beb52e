// The raw queues at /queues, for operators to look at: nothing can be changed there, and no secret is shown.
import fastifyStatic from '@fastify/static';
import { redactText } from '@outpaint/shared/telemetry/logger-redaction';
import { createBoard } from '../board-adapter.ts';
import { PAGE_HEADERS, pagePolicy } from '../page-headers.ts';
import { HttpProblem } from '../problem.ts';
import type { App, ServerContext } from '../server-context.ts';

const PREFIX = '/queues';
const HASHED = /\.[0-9a-f]{8,}\.(js|css)$/;

/**
 * Its page names a base address of this server, and places what it shows by rules that its script makes; a rule can
 * fetch nothing from elsewhere. Nothing else differs from the console.
 */
export const BOARD_POLICY = pagePolicy({ 'base-uri': "'self'" });

export const queueRoutes = async (app: App, context: ServerContext): Promise<void> => {
  const board = createBoard(() => context.stores.rawQueues);
  const page = board.page(`${PREFIX}/`);
  await app.register(
    async (scope) => {
      scope.addHook('onRoute', (route) => {
        route.config = { ...route.config, scope: 'operate' };
        route.schema = { ...route.schema, hide: true };
      });
      scope.addHook('onRequest', async (request) => {
        if (context.callerOf(request).batchPrefix === '') return;
        throw new HttpProblem('scope_missing', 'The queues hold all batches; this token is for some of them.');
      });
      await scope.register(fastifyStatic, {
        root: board.filesFolder,
        prefix: '/static/',
        cacheControl: false,
        setHeaders: (reply, path) => {
          reply.header('cache-control', HASHED.test(path) ? 'private, max-age=31536000, immutable' : 'no-cache');
          reply.header('content-security-policy', BOARD_POLICY);
        },
      });
      for (const path of board.pagePaths) {
        scope.get(path, async (_request, reply) =>
          reply
            .headers({ ...PAGE_HEADERS, 'content-security-policy': BOARD_POLICY })
            .type('text/html')
            .send(page),
        );
      }
      for (const { path, ask } of board.calls) {
        scope.get(path, async (request, reply) => {
          const { status = 200, body } = await ask(request);
          // Addresses in jobs may be signed, and errors may quote what they were sent.
          return reply
            .code(status)
            .type('application/json; charset=utf-8')
            .serializer((text: string) => text)
            .send(redactText(JSON.stringify(body)));
        });
      }
    },
    { prefix: PREFIX },
  );
};
