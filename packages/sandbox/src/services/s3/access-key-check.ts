// Lets the embedded store refuse a wrong access key id: it would take any (it verifies no signature).
import type { EmbeddedApp } from './embedded-app.ts';
import { s3ErrorXml } from './s3-error-reply.ts';

const REFUSAL = s3ErrorXml('InvalidAccessKeyId', 'The AWS Access Key Id you provided does not exist in our records.');

/** The id that a request was signed with, in its header or in a presigned URL; null for an unsigned one. */
const accessKeyIdOf = (authorization: string | undefined, url: string): string | null => {
  const header = /Credential=([^/]+)\//.exec(authorization ?? '');
  if (header?.[1] !== undefined) return header[1];
  const query = new URLSearchParams(url.split('?')[1] ?? '').get('X-Amz-Credential');
  return query?.split('/')[0] ?? null;
};

/** Unsigned requests pass, so that a plain URL of an object works as for a public bucket. */
export const addAccessKeyCheck = (app: EmbeddedApp, accessKeyId: string): void => {
  app.addHook('onRequest', async (request, reply) => {
    const given = accessKeyIdOf(request.headers.authorization, request.url);
    if (given === null || given === accessKeyId) return;
    return reply.code(403).header('content-type', 'application/xml').send(REFUSAL);
  });
};
