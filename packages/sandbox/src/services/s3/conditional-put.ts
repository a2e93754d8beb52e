// Teaches the embedded store `If-None-Match: *`: it would silently overwrite (measured, fauxqs 2.4.1).
import { type EmbeddedApp, objectPathOf } from './embedded-app.ts';
import { s3ErrorXml } from './s3-error-reply.ts';

const REFUSAL = s3ErrorXml('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold');

/**
 * Of several conditional PUTs of one key exactly one is stored, the others are answered 412.
 * Looking and storing are one step per key: a PUT waits for the one before it.
 */
export const addConditionalPut = (app: EmbeddedApp): void => {
  const lastOfKey = new Map<string, Promise<void>>();
  const releases = new WeakMap<object, () => void>();

  app.addHook('preHandler', async (request, reply) => {
    const path = objectPathOf(request.url);
    if (request.method !== 'PUT' || path === null) return;
    const before = lastOfKey.get(path) ?? Promise.resolve();
    const mine = Promise.withResolvers<void>();
    lastOfKey.set(path, mine.promise);
    releases.set(request, () => {
      if (lastOfKey.get(path) === mine.promise) lastOfKey.delete(path);
      mine.resolve();
    });
    await before;
    if (request.headers['if-none-match'] !== '*') return;
    const head = await app.inject({ method: 'HEAD', url: path });
    if (head.statusCode === 200) return reply.code(412).header('content-type', 'application/xml').send(REFUSAL);
  });
  // The object is in the store before its answer is sent.
  app.addHook('onSend', async (request) => releases.get(request)?.());
  app.addHook('onResponse', async (request) => releases.get(request)?.());
};
