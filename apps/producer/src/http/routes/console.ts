// The console's files, with the headers of our pages.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import fastifyStatic from '@fastify/static';
import { PAGE_HEADERS } from '../page-headers.ts';
import type { App } from '../server-context.ts';

/** The same place seen from the source and from what was built. */
const FOLDER = resolve(import.meta.dirname, '../../../../console/dist');
/** Names of these files hold a hash of their content. */
const HASHED = /\/assets\/[^/]+-[\w-]{8}\.\w+$/;

const MISSING = 'The console is not built here: pnpm build makes it. The API is described at /docs.\n';

/** Asks nobody who they are: there is nothing in these files but the program. */
export const consoleRoutes = async (app: App): Promise<void> => {
  if (!existsSync(resolve(FOLDER, 'index.html'))) {
    app.get('/', { config: { scope: null }, schema: { hide: true } }, async (_request, reply) =>
      reply.code(404).type('text/plain; charset=utf-8').send(MISSING),
    );
    return;
  }
  await app.register(async (scope) => {
    scope.addHook('onRoute', (route) => {
      route.config = { ...route.config, scope: null };
      route.schema = { ...route.schema, hide: true };
    });
    await scope.register(fastifyStatic, {
      root: FOLDER,
      wildcard: false,
      cacheControl: false,
      setHeaders: (reply, path) => {
        reply.header('cache-control', HASHED.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache');
        for (const [name, value] of Object.entries(PAGE_HEADERS)) reply.header(name, value);
      },
    });
  });
};
