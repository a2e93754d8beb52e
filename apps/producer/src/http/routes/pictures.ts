// Pictures of one expansion, through this server: an address that means nothing without the right to look.
import { createHash } from 'node:crypto';
import { isExpansionId } from '@outpaint/shared/contract/ids';
import { codeOf } from '@outpaint/shared/errors/outpaint-error';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { maySee } from '../access.ts';
import { HttpProblem } from '../problem.ts';
import { problems } from '../responses.ts';
import type { Routes } from '../server-context.ts';
import { THUMBNAIL_SIDE_MAX } from '../thumbnails.ts';

/** A source may change under its address; what was delivered never does, so asking again is answered without it. */
const SOURCE_SECONDS_KEPT = 300;

const tagOf = (...parts: readonly (string | Buffer)[]): string => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part).update('\0');
  return `"${hash.digest('base64url').slice(0, 22)}"`;
};

/** Weak or not, one or several: RFC 9110, 13.1.2. */
const knows = (header: string | undefined, tag: string): boolean =>
  (header ?? '').split(',').some((each) => each.trim().replace(/^W\//, '') === tag);

/** An answer without a body, which the document says in words. */
const unchanged = (reply: object, tag: string): never =>
  (reply as FastifyReply).code(304).header('etag', tag).send() as never;

export const pictureRoutes: Routes = (app, context) => {
  app.get(
    '/v1/expansions/:id/picture',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'getPicture',
        summary: 'The picture before or after, to look at',
        description: `JPEG, PNG or WebP of at most RESULT_BYTES_MAX; a source only from addresses that results may have. A thumbnail is a JPEG of at most ${THUMBNAIL_SIDE_MAX} pixels, or the whole where none can be made. With If-None-Match, 304 where nothing has changed.`,
        tags: ['expansions'],
        params: z.object({ id: z.string().max(64) }),
        querystring: z.object({
          of: z.enum(['source', 'result']),
          size: z.enum(['whole', 'thumbnail']).default('whole'),
          v: z
            .string()
            .max(4_096)
            .optional()
            .meta({ description: 'not looked at: another address, another copy kept' }),
        }),
        produces: ['image/jpeg', 'image/png', 'image/webp'],
        response: { 200: z.string(), ...problems(404) },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const { of, size } = request.query;
      const record = isExpansionId(id) ? await context.stores.records.read(id) : null;
      if (record === null || !maySee(context.callerOf(request), record.batch))
        throw new HttpProblem('not_found', `There is no expansion ${id.slice(0, 64)}.`);
      const delivered = record.status === 'delivered' && record.objectSha256 !== null;
      const header = request.headers['if-none-match'];
      reply.header('content-security-policy', "default-src 'none'; sandbox");
      // Kept by this browser alone, and asked for again each time: it is seen by whoever may look now.
      reply.header('cache-control', of === 'result' ? 'private, no-cache' : `private, max-age=${SOURCE_SECONDS_KEPT}`);
      const resultTag = of === 'result' && delivered ? tagOf(record.id, record.objectSha256 ?? '', size) : null;
      if (resultTag !== null && knows(header, resultTag)) return unchanged(reply, resultTag);
      const read = () => context.pictures.read(record.request, of);
      const age = Math.floor(context.clock.now() / (SOURCE_SECONDS_KEPT * 1_000));
      const key = resultTag ?? `${record.id} ${record.request.source} ${age}`;
      const picture =
        of === 'result' && record.status !== 'delivered'
          ? null
          : await (size === 'thumbnail' ? context.thumbnails.of(key, read) : read()).catch((error: unknown) => {
              context.log.info({ err: error, expansion_id: id, of }, 'picture not shown');
              throw new HttpProblem('not_found', `The picture cannot be shown: ${codeOf(error)}.`);
            });
      if (picture === null) throw new HttpProblem('not_found', 'There is no such picture.');
      const tag = resultTag ?? tagOf(picture.bytes);
      if (knows(header, tag)) return unchanged(reply, tag);
      return reply
        .header('etag', tag)
        .type(picture.contentType)
        .send(picture.bytes as never);
    },
  );
};
