// GET /_sandbox/pictures/<name>.<jpg|png|webp>: a shop's pictures, drawn when asked for, so tests need no other host.
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { drawCatalogPicture } from '../picture/draw-catalog-picture.ts';

const FORMATS = { jpg: 'jpeg', jpeg: 'jpeg', png: 'png', webp: 'webp' } as const;
const KEPT_MAX = 64;

const side = z.coerce.number().int().min(1).max(5000).optional();
const Wanted = z.object({ w: side, h: side });

/** The same address always gives the same bytes; `missing.*` is never there. */
export function registerPictureRoute(app: FastifyInstance): void {
  const kept = new Map<string, Promise<Buffer>>();
  app.get<{ Params: { file: string } }>('/_sandbox/pictures/:file', async (request, reply) => {
    const [, name, ending] = /^(.{1,200})\.(jpg|jpeg|png|webp)$/.exec(request.params.file) ?? [];
    const wanted = Wanted.safeParse(request.query);
    if (name === undefined || name === 'missing' || !wanted.success) return reply.code(404).send('no such picture');
    const format = FORMATS[ending as keyof typeof FORMATS];
    const { w, h } = wanted.data;
    const key = `${name}.${format}.${w}.${h}`;
    const drawing =
      kept.get(key) ??
      drawCatalogPicture(name, {
        format,
        ...(w === undefined ? {} : { width: w }),
        ...(h === undefined ? {} : { height: h }),
      });
    kept.set(key, drawing);
    const [oldest] = kept.keys();
    if (kept.size > KEPT_MAX && oldest !== undefined) kept.delete(oldest);
    return reply.header('content-type', `image/${format}`).send(await drawing);
  });
}
