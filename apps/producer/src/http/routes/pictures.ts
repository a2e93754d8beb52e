// Pictures of one expansion, through this server: an address that means nothing without the right to look.
import { isExpansionId } from '@outpaint/shared/contract/ids';
import { codeOf } from '@outpaint/shared/errors/outpaint-error';
import { z } from 'zod';
import { maySee } from '../access.ts';
import { HttpProblem } from '../problem.ts';
import { problems } from '../responses.ts';
import type { Routes } from '../server-context.ts';

/** A source may change under its address; what was delivered never does. */
const SECONDS_KEPT = { source: 300, result: 86_400 } as const;

export const pictureRoutes: Routes = (app, context) => {
  app.get(
    '/v1/expansions/:id/picture',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'getPicture',
        summary: 'The picture before or after, to look at',
        description:
          'JPEG, PNG or WebP of at most RESULT_BYTES_MAX; a source only from addresses that results may have.',
        tags: ['expansions'],
        params: z.object({ id: z.string().max(64) }),
        querystring: z.object({ of: z.enum(['source', 'result']) }),
        produces: ['image/jpeg', 'image/png', 'image/webp'],
        response: { 200: z.string(), ...problems(404) },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const { of } = request.query;
      const record = isExpansionId(id) ? await context.stores.records.read(id) : null;
      if (record === null || !maySee(context.callerOf(request), record.batch))
        throw new HttpProblem('not_found', `There is no expansion ${id.slice(0, 64)}.`);
      const picture =
        of === 'result' && record.status !== 'delivered'
          ? null
          : await context.pictures.read(record, of).catch((error: unknown) => {
              context.log.info({ err: error, expansion_id: id, of }, 'picture not shown');
              throw new HttpProblem('not_found', `The picture cannot be shown: ${codeOf(error)}.`);
            });
      if (picture === null) throw new HttpProblem('not_found', 'There is no such picture.');
      return reply
        .type(picture.contentType)
        .header('cache-control', `private, max-age=${SECONDS_KEPT[of]}`)
        .header('content-security-policy', "default-src 'none'; sandbox")
        .send(picture.bytes as never);
    },
  );
};
