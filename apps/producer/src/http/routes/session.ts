// A person's session in a browser: a token is shown once, and a cookie that no script can read stands for it.
import { z } from 'zod';
import { bearerOf, findToken } from '../access.ts';
import { HttpProblem } from '../problem.ts';
import { problemsWithoutInput } from '../responses.ts';
import type { Routes } from '../server-context.ts';
import { endedCookies, isOwnPage, sessionCookie, sessionNameOf } from '../session-cookie.ts';

const sessionSchema = z
  .object({
    name: z.string(),
    scopes: z.array(z.string()),
    batch_prefix: z.string(),
    by_token: z.boolean().meta({ description: 'false where this server asks nobody for a token' }),
  })
  .meta({ id: 'Session' });

export const sessionRoutes: Routes = (app, context) => {
  const tokens = context.settings.http.outpaintApiTokens;
  const { sessions } = context.stores;
  const tags = ['session'];

  app.get(
    '/v1/session',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'getSession',
        summary: 'Who calls, and what they may do',
        tags,
        response: { 200: sessionSchema, ...problemsWithoutInput() },
      },
    },
    async (request) => {
      const { name, scopes, batchPrefix } = context.callerOf(request);
      return { name, scopes: [...scopes], batch_prefix: batchPrefix, by_token: tokens.length > 0 };
    },
  );

  app.post(
    '/v1/session',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'beginSession',
        summary: 'Begin a session with a token: later requests of this browser need none',
        tags,
        response: { 200: sessionSchema, ...problemsWithoutInput() },
      },
    },
    async (request, reply) => {
      const given = bearerOf(request.headers.authorization);
      const token = given === null ? null : findToken(tokens, given);
      if (token === null) throw new HttpProblem('token_missing', 'A session begins with a token in the header.');
      if (!isOwnPage(request)) throw new HttpProblem('origin_refused', 'A session begins on a page of this server.');
      const name = await sessions.begin({ tokenName: token.name, tokenSha256: token.sha256 });
      reply.header('set-cookie', sessionCookie(request, name));
      return { name: token.name, scopes: [...token.scopes], batch_prefix: token.batchPrefix, by_token: true };
    },
  );

  app.delete(
    '/v1/session',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'endSession',
        summary: 'End it, here and in the browser',
        tags,
        response: { 200: z.object({ ended: z.boolean() }), ...problemsWithoutInput() },
      },
    },
    async (request, reply) => {
      const name = sessionNameOf(request);
      if (name !== null) await sessions.end(name);
      reply.header('set-cookie', endedCookies());
      // Pictures that this browser keeps go with the session.
      reply.header('clear-site-data', '"cache"');
      return { ended: name !== null };
    },
  );
};
