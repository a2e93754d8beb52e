// The server itself: raw bodies, the API's own errors for what no route answers, and a control address for loopback only.
import fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify';
import { ZodError } from 'zod';
import { API_ERRORS } from './api-error.ts';
import { openCall, sendError } from './call.ts';
import type { SandboxContext } from './sandbox-context.ts';

/** A submit is some hundred bytes; this leaves room for a picture as base64, which is then refused by name. */
const BODY_BYTES_MAX = 16 * 1024 * 1024;

/** Not yet listening, without routes. */
export function createServer(context: SandboxContext): FastifyInstance {
  const app = fastify({
    logger: loggerFor(context.options.logLevel),
    bodyLimit: BODY_BYTES_MAX,
    forceCloseConnections: true,
    exposeHeadRoutes: false,
    routerOptions: { maxParamLength: 1000 },
  });
  // Bodies arrive as bytes, since judging broken JSON is the API's own business.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.addHook('onRequest', async (request, reply) => {
    if (!request.url.startsWith('/_sandbox') || isLoopback(request.ip)) return;
    await reply.code(403).send({ error: 'the control address answers on loopback only' });
  });
  app.setNotFoundHandler((request, reply) => sendError(openCall(context, request, reply, 'other'), API_ERRORS.path));
  app.setErrorHandler((error: Error & { statusCode?: number }, request, reply) => {
    if (request.url.startsWith('/_sandbox')) {
      return reply.code(isCallersMistake(error) ? 400 : 500).send({ error: error.message });
    }
    const call = openCall(context, request, reply, 'other');
    if (error.statusCode === 413) return sendError(call, API_ERRORS.tooLarge);
    request.log.error(error);
    return sendError(call, { status: 500, code: 'InternalError', message: 'An internal error has occurred.' });
  });
  return app;
}

/** stdout belongs to the one line with the addresses, so a log goes to stderr; a result's query is its signature. */
function loggerFor(level: string | null): NonNullable<FastifyServerOptions['logger']> {
  if (level === null) return false;
  const req = ({ method, url }: { method: string; url: string }) => ({ method, url: url.split('?')[0] ?? '' });
  return { level, stream: process.stderr, serializers: { req } };
}

function isCallersMistake(error: Error): boolean {
  return error instanceof ZodError || error instanceof SyntaxError || error instanceof RangeError;
}

function isLoopback(address: string): boolean {
  return address === '::1' || /^(::ffff:)?127\./.test(address);
}
