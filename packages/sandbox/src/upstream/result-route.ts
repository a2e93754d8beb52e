// GET of a finished picture, as the storage serves it: signed for GET, for a while, byte for byte.
import type { FastifyInstance } from 'fastify';
import { type Call, logCall, openCall } from './call.ts';
import { OSS_ERRORS, ossRequestId, sendOssError } from './oss-error.ts';
import { playResultFault } from './play-result-fault.ts';
import type { StoredResult } from './result-store.ts';
import type { SandboxContext } from './sandbox-context.ts';
import { checkSignature } from './sign-result.ts';

export function registerResultRoute(app: FastifyInstance, context: SandboxContext): void {
  app.route({
    method: ['GET', 'HEAD', 'PUT', 'POST', 'DELETE'],
    url: '/service_dashscope/*',
    handler: async (request, reply) => {
      const call = openCall(context, request, reply, 'result');
      const [path = '', query = ''] = splitOnce(request.raw.url ?? '');
      const result = context.results.find(path);
      call.source = result?.source ?? null;
      const verdict = checkSignature(context.results.key, path, query, context.now());
      if (verdict === 'missing') sendOssError(call, OSS_ERRORS.unsigned);
      else if (verdict === 'expired') sendOssError(call, OSS_ERRORS.expired);
      else if (verdict === 'bad' || request.method !== 'GET') sendOssError(call, OSS_ERRORS.signature);
      else if (result === null) sendOssError(call, OSS_ERRORS.missing);
      else await serve(call, result);
      return reply;
    },
  });
}

async function serve(call: Call, result: StoredResult): Promise<void> {
  const bytes = await result.read();
  const headers = resultHeaders(call, result);
  if (!(await playResultFault(call, bytes, headers))) return;
  const range = readRange(call.request.headers.range, bytes.length);
  const { reply } = call;
  logCall(call, range === null ? 200 : 206);
  if (range === null) {
    void reply.code(200).headers(headers).send(bytes);
    return;
  }
  const { first, last } = range;
  const contentRange = `bytes ${first}-${last}/${bytes.length}`;
  void reply
    .code(206)
    .headers({ ...headers, 'content-range': contentRange })
    .send(bytes.subarray(first, last + 1));
}

function resultHeaders(call: Call, { etag, modifiedAt }: StoredResult): Record<string, string> {
  return {
    server: 'AliyunOSS',
    'content-type': 'image/jpeg',
    'x-oss-request-id': ossRequestId(call),
    'accept-ranges': 'bytes',
    etag,
    'last-modified': new Date(modifiedAt).toUTCString(),
    'x-oss-object-type': 'Normal',
    'x-oss-storage-class': 'Standard',
    // The MD5 again, as the storage repeats it in base64 for a whole object.
    'content-md5': Buffer.from(etag.replaceAll('"', ''), 'hex').toString('base64'),
    'x-oss-server-time': String(Math.max(1, Math.round(call.reply.elapsedTime))),
  };
}

/** One satisfiable range; anything else gets the whole object, as the storage does by default. */
function readRange(header: string | undefined, size: number): { first: number; last: number } | null {
  const parts = /^bytes=(\d*)-(\d*)$/.exec(header ?? '');
  if (parts === null || (parts[1] === '' && parts[2] === '')) return null;
  const [, from = '', to = ''] = parts;
  const first = from === '' ? Math.max(0, size - Number(to)) : Number(from);
  const last = from === '' || to === '' ? size - 1 : Math.min(Number(to), size - 1);
  return first > last ? null : { first, last };
}

function splitOnce(url: string): readonly string[] {
  const mark = url.indexOf('?');
  return mark < 0 ? [url] : [url.slice(0, mark), url.slice(mark + 1)];
}
