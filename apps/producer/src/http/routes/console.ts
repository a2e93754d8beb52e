// The console's files, and what a browser may do with them: nothing from elsewhere, nothing inline, in no frame.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { App } from '../server-context.ts';

/** The same place seen from the source and from what was built. */
const FOLDER = resolve(import.meta.dirname, '../../../../console/dist');
/** Names of these files hold a hash of their content. */
const HASHED = /\/assets\/[^/]+-[\w-]{8}\.\w+$/;

export const CONSOLE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

const HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': CONSOLE_POLICY,
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=(), interest-cohort=()',
};

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
        for (const [name, value] of Object.entries(HEADERS)) reply.header(name, value);
      },
    });
  });
};
