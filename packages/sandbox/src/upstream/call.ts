// One call to the API: who asks for what, and how it is answered in the way the real gateway answers.
import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ApiError } from './api-error.ts';
import type { Answered, Operation } from './request-log.ts';
import type { SandboxContext } from './sandbox-context.ts';

export interface Call {
  readonly context: SandboxContext;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly op: Operation;
  readonly requestId: string;
  /** Filled in as soon as they are known, for the log. */
  taskId: string | null;
  source: string | null;
}

export function openCall(context: SandboxContext, request: FastifyRequest, reply: FastifyReply, op: Operation): Call {
  context.log.arrived(op, context.now());
  return { context, request, reply, op, requestId: randomUUID(), taskId: null, source: null };
}

export function logCall({ context, op, taskId, source }: Call, answered: Answered): void {
  context.log.add({ op, answered, at: context.now(), taskId, source });
}

/** JSON with the headers of the recorded exchanges; compressed and chunked when the client accepts gzip. */
export function sendJson(call: Call, status: number, body: unknown): FastifyReply {
  const { request, reply } = call;
  logCall(call, status);
  const text = Buffer.from(JSON.stringify(body));
  gatewayHeaders(call).code(status).header('content-type', 'application/json');
  if (!/\bgzip\b/.test(request.headers['accept-encoding'] ?? '')) return reply.send(text);
  return reply
    .header('content-encoding', 'gzip')
    .header('vary', 'Accept-Encoding')
    .send(chunked(gzipSync(text)));
}

/** The API's own error: `{code, message, request_id}` with its HTTP status. */
export function sendError(call: Call, { status, code, message }: ApiError): FastifyReply {
  return sendJson(call, status, { code, message, request_id: call.requestId });
}

/** A page that some gateway in front of the API would give. */
export function sendHtml(call: Call, status: number): FastifyReply {
  logCall(call, status);
  const page = `<html>\r\n<head><title>${status}</title></head>\r\n<body><center><h1>${status}</h1></center></body>\r\n</html>\r\n`;
  return call.reply.code(status).header('server', 'nginx').header('content-type', 'text/html').send(page);
}

/** Ends the connection with a reset: the client never gets a byte. */
export function resetConnection(call: Call): FastifyReply {
  logCall(call, 'reset');
  call.reply.hijack();
  call.request.raw.socket.resetAndDestroy();
  return call.reply;
}

/** Leaves the call without an answer for as long as the client stays. */
export function leaveUnanswered(call: Call, as: 'hang' | 'gone'): FastifyReply {
  logCall(call, as);
  call.reply.hijack();
  return call.reply;
}

/** Aborted as soon as the client has closed its connection. */
export function clientGone({ request }: Call): AbortSignal {
  const gone = new AbortController();
  if (request.raw.socket.destroyed) gone.abort();
  else request.raw.socket.once('close', () => gone.abort());
  return gone.signal;
}

function gatewayHeaders({ context, reply, requestId }: Call): FastifyReply {
  const costMs = Math.max(1, Math.round(reply.elapsedTime));
  const answeredAt = Date.now();
  return reply.headers({
    'x-request-id': requestId,
    'x-dashscope-call-gateway': 'true',
    'x-dashscope-timeout': '298',
    'req-cost-time': String(costMs),
    'req-arrive-time': String(answeredAt - costMs),
    'resp-start-time': String(answeredAt),
    'x-envoy-upstream-service-time': String(costMs),
    server: 'istio-envoy',
    // One clock for all that it says of time: whoever compares `gmt_create` with ours has only this to go by.
    date: new Date(context.now()).toUTCString(),
  });
}

function chunked(bytes: Buffer): Readable {
  return Readable.from([bytes]);
}
