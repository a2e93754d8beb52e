// The HTTP server put together: limits, who may call, problems, documents, and the routes.
import fastifyRateLimit from '@fastify/rate-limit';
import fastifySwagger from '@fastify/swagger';
import type { Scope } from '@outpaint/shared/config/api-tokens';
import scalar from '@scalar/fastify-api-reference';
import { type FastifyRequest, fastify } from 'fastify';
import {
  createJsonSchemaTransform,
  jsonSchemaTransformObject,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod';
import { type Caller, createAccess, demandScope } from './access.ts';
import { withPlainNames } from './component-names.ts';
import { endConnectionsAsTheyFinish } from './end-connections.ts';
import { createErrorReply, sendProblem } from './error-reply.ts';
import type { HttpMetrics } from './http-metrics.ts';
import { OPENAPI } from './openapi.ts';
import { HttpProblem } from './problem.ts';
import { batchCourseRoutes } from './routes/batch-course.ts';
import { batchReportRoutes } from './routes/batch-report.ts';
import { batchRowRoutes } from './routes/batch-rows.ts';
import { batchSettingsRoutes } from './routes/batch-settings.ts';
import { batchRoutes } from './routes/batches.ts';
import { consoleRoutes } from './routes/console.ts';
import { deadLetterEditRoutes } from './routes/dead-letter-edit.ts';
import { deadLetterRoutes } from './routes/dead-letters.ts';
import { expansionRoutes } from './routes/expansions.ts';
import { healthRoutes } from './routes/health.ts';
import { lineRoutes } from './routes/line.ts';
import { newBatchRoutes } from './routes/new-batch.ts';
import { overviewRoutes } from './routes/overview.ts';
import { pictureRoutes } from './routes/pictures.ts';
import { planRoutes } from './routes/plans.ts';
import { queueRoutes } from './routes/queues.ts';
import { scheduleRoutes } from './routes/schedules.ts';
import { sessionRoutes } from './routes/session.ts';
import type { App, ServerContext } from './server-context.ts';
import { FORMAT_OF_TYPE } from './upload.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What a token must allow; null where nobody is asked who they are. */
    scope?: Scope | null;
  }
}

/** Headers come at once or not at all; a body may take as long as it is sent. */
const HEADERS_TIMEOUT_MS = 10_000;
const IDLE_TIMEOUT_MS = 60_000;
const HEADER_BYTES_MAX = 16_384;
const PARAM_CHARS_MAX = 1_024;

/** Listens nowhere yet. */
export const createServer = async (given: Omit<ServerContext, 'callerOf'>, metrics: HttpMetrics): Promise<App> => {
  const { http } = given.settings;
  const app = fastify({
    bodyLimit: http.httpBodyBytesMax,
    connectionTimeout: IDLE_TIMEOUT_MS,
    keepAliveTimeout: IDLE_TIMEOUT_MS,
    forceCloseConnections: 'idle',
    http: { maxHeaderSize: HEADER_BYTES_MAX, headersTimeout: HEADERS_TIMEOUT_MS, requestTimeout: 0 },
    routerOptions: { maxParamLength: PARAM_CHARS_MAX, ignoreTrailingSlash: true },
    // Not trusted: whoever sends X-Forwarded-For could choose the address that the rate limit counts.
    trustProxy: false,
    frameworkErrors: (error, _request, reply) =>
      void sendProblem(reply, new HttpProblem('parameters_invalid', error.message)),
  }).withTypeProvider<ZodTypeProvider>() as unknown as App;
  app.server.maxConnections = http.httpConnectionsMax;
  app.addHook('preClose', async () => endConnectionsAsTheyFinish(app.server));
  app.setValidatorCompiler(validatorCompiler);
  // The schemas of answers are for the documents, and tests hold the answers to them: an answer is never a 500 for its form.
  app.setSerializerCompiler(() => (data) => JSON.stringify(data));
  app.setErrorHandler(createErrorReply(given.log));
  for (const type of Object.keys(FORMAT_OF_TYPE)) {
    // Passed on as it comes; `receiveUpload` counts its bytes.
    app.addContentTypeParser(type, { bodyLimit: Number.MAX_SAFE_INTEGER }, (_request, payload, done) =>
      done(null, payload),
    );
  }

  const callers = new WeakMap<FastifyRequest, Caller>();
  const context: ServerContext = {
    ...given,
    callerOf: (request) => {
      const caller = callers.get(request);
      if (caller === undefined) throw new HttpProblem('token_missing', 'This route asks who calls.');
      return caller;
    },
  };
  const access = createAccess(http.outpaintApiTokens, given.stores.sessions);
  // Before the body is read: whoever may not send it is not listened to.
  app.addHook('onRequest', async (request) => {
    const { scope } = request.routeOptions.config;
    if (scope === undefined || scope === null) return;
    const caller = await access(request);
    demandScope(caller, scope);
    callers.set(request, caller);
  });
  app.addHook('onResponse', async (request, reply) => {
    metrics.answered({
      route: request.routeOptions.url ?? 'unknown',
      method: request.method,
      status: reply.statusCode,
      seconds: reply.elapsedTime / 1_000,
    });
  });
  app.addHook('onSend', async (_request, reply) => {
    if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store');
    reply.header('x-content-type-options', 'nosniff');
  });

  await app.register(fastifyRateLimit, {
    max: http.httpRatePerMinute,
    timeWindow: 60_000,
    // After the token was looked at, so that callers behind one address do not share a limit.
    hook: 'preParsing',
    keyGenerator: (request) => callers.get(request)?.name ?? request.ip,
    errorResponseBuilder: (_request, { after, ttl }) =>
      new HttpProblem('rate_exceeded', `More than ${http.httpRatePerMinute} requests in a minute; wait ${after}.`, {
        retryAfter: Math.ceil(ttl / 1_000),
      }),
    allowList: (request) => request.routeOptions.config.scope === null,
  });
  await app.register(fastifySwagger, {
    openapi: OPENAPI(http.outpaintApiTokens.length > 0),
    transform: createJsonSchemaTransform({ skipList: ['/docs', '/docs/', '/docs/*', '/docs/js/*', '/openapi.json'] }),
    transformObject: (document) => withPlainNames(jsonSchemaTransformObject(document)),
  });
  await app.register(scalar, {
    routePrefix: '/docs',
    configuration: { url: '/openapi.json', withDefaultFonts: false, telemetry: false, title: 'outpaint' },
  });
  app.get('/openapi.json', { config: { scope: null }, schema: { hide: true } }, async () => app.swagger());

  expansionRoutes(app, context);
  newBatchRoutes(app, context);
  batchRoutes(app, context);
  batchRowRoutes(app, context);
  batchCourseRoutes(app, context);
  batchReportRoutes(app, context);
  batchSettingsRoutes(app, context);
  deadLetterRoutes(app, context);
  deadLetterEditRoutes(app, context);
  pictureRoutes(app, context);
  planRoutes(app, context);
  lineRoutes(app, context);
  scheduleRoutes(app, context);
  overviewRoutes(app, context);
  sessionRoutes(app, context);
  healthRoutes(app, context, metrics);
  await queueRoutes(app, context);
  await consoleRoutes(app);
  app.setNotFoundHandler((request, reply) =>
    sendProblem(
      reply,
      new HttpProblem(
        'not_found',
        `There is no ${request.method} ${request.url.split('?')[0]?.slice(0, 200)}; /docs lists what there is.`,
      ),
    ),
  );
  await app.ready();
  return app;
};
