// A gate before any S3 endpoint that tests shut, slow down or break on purpose.
import { once } from 'node:events';
import { Agent, createServer, request as forward, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { s3ErrorXml } from './s3/s3-error-reply.ts';

export type S3Fault =
  /** Nobody listens: connections are refused. */
  | 'away'
  /** 503 SlowDown. */
  | 'slow-down'
  /** 403 AccessDenied. */
  | 'access-denied'
  /** 500 InternalError. */
  | 'internal-error'
  /** Takes the request and never answers. */
  | 'hang'
  /** The store does it, and the connection breaks before its answer arrives. */
  | 'answer-lost'
  /** Each request is forwarded this many milliseconds late. */
  | { slowMs: number }
  /** Any other answer; `code` is S3's. */
  | { status: number; code: string; message?: string };

export interface S3GateRequest {
  method: string;
  /** As sent: `/bucket/key?query`. */
  url: string;
}

export interface S3Gate {
  /** Stays the same over `away` and back. */
  endpoint: string;
  /** The fault holds for every request until `clear`; with `method`, for these only (not for `away`). */
  set(fault: S3Fault, method?: 'GET' | 'HEAD' | 'PUT'): Promise<void>;
  clear(): Promise<void>;
  /**
   * The next request with the method about a picture stops at the gate until it is released; with `url`, the next one
   * whose address matches, whatever it is about.
   */
  hold(method: string, url?: RegExp): { held: Promise<S3GateRequest>; release(): void };
  /** Resolves when a request is being held. */
  waitForHeld(): Promise<S3GateRequest>;
  /** Lets everything that is held go on. */
  release(): void;
  /** Every request that arrived, in order. */
  requests: readonly S3GateRequest[];
  /** How many PUTs arrived, whatever became of them. */
  readonly puts: number;
  close(): Promise<void>;
}

interface Hold {
  method: string;
  url: RegExp | undefined;
  held: PromiseWithResolvers<S3GateRequest>;
  released: PromiseWithResolvers<void>;
}

const ANSWERS = {
  'slow-down': [503, 'SlowDown', 'Please reduce your request rate.'],
  'access-denied': [403, 'AccessDenied', 'Access Denied'],
  'internal-error': [500, 'InternalError', 'We encountered an internal error. Please try again.'],
} as const satisfies Record<string, readonly [number, string, string]>;

const answerWith = (response: ServerResponse, isHead: boolean, status: number, code: string, message: string): void => {
  response.writeHead(status, { 'content-type': 'application/xml' });
  // An answer to HEAD has no body, which is why clients learn so little from one.
  response.end(isHead ? undefined : s3ErrorXml(code, message));
};

/** `target` is an endpoint like `http://127.0.0.1:9000`. The Host header is passed on as signed. Close it before the target. */
export const startS3Gate = async ({ target }: { target: string }): Promise<S3Gate> => {
  const to = new URL(target);
  const agent = new Agent({ keepAlive: true });
  const requests: S3GateRequest[] = [];
  const holds: Hold[] = [];
  let fault: { what: S3Fault; method: string | undefined } | null = null;
  let anyHeld = Promise.withResolvers<S3GateRequest>();

  const pass = async (request: IncomingMessage, body: Buffer, response: ServerResponse, loseAnswer: boolean) => {
    const onward = forward({
      host: to.hostname,
      port: to.port,
      method: request.method,
      path: request.url,
      headers: { ...request.headers, 'content-length': body.length },
      agent,
    });
    onward.end(body);
    const [answer] = (await once(onward, 'response')) as [IncomingMessage];
    const content: Buffer[] = [];
    for await (const chunk of answer) content.push(chunk as Buffer);
    if (loseAnswer) return void response.socket?.resetAndDestroy();
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    response.end(Buffer.concat(content));
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const seen: S3GateRequest = { method: request.method ?? '', url: request.url ?? '' };
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    requests.push(seen);

    // What an installation keeps for itself (`.outpaint/`), and reports of batches, are no pictures, and are let through.
    const isPicture = !/\/\.outpaint\/|\/report\//.test(seen.url);
    const hold = holds.find(({ method, url }) => method === seen.method && (url?.test(seen.url) ?? isPicture));
    if (hold !== undefined) {
      holds.splice(holds.indexOf(hold), 1);
      hold.held.resolve(seen);
      anyHeld.resolve(seen);
      await hold.released.promise;
    }
    const what = fault !== null && (fault.method ?? seen.method) === seen.method ? fault.what : null;
    if (what === 'hang') return;
    if (what === 'slow-down' || what === 'access-denied' || what === 'internal-error') {
      const [status, code, message] = ANSWERS[what];
      return answerWith(response, seen.method === 'HEAD', status, code, message);
    }
    if (typeof what === 'object' && what !== null && 'status' in what) {
      return answerWith(response, seen.method === 'HEAD', what.status, what.code, what.message ?? what.code);
    }
    if (typeof what === 'object' && what !== null && 'slowMs' in what) await pause(what.slowMs);
    await pass(request, body, response, what === 'answer-lost');
  };

  const server = createServer((request, response) => {
    // A broken connection on either side ends as one on the client's side.
    answer(request, response).catch(() => response.socket?.resetAndDestroy());
  });
  const listen = async (port: number): Promise<number> => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : port;
  };
  const shut = async () => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  };
  const port = await listen(0);
  const allHolds = new Set<Hold>();
  const release = () => {
    for (const hold of allHolds) hold.released.resolve();
    allHolds.clear();
    holds.length = 0;
    anyHeld = Promise.withResolvers<S3GateRequest>();
  };

  return {
    endpoint: `http://127.0.0.1:${port}`,
    requests,
    get puts() {
      return requests.filter((one) => one.method === 'PUT').length;
    },
    set: async (what, method) => {
      fault = { what, method };
      if (what === 'away') await shut();
    },
    clear: async () => {
      fault = null;
      if (!server.listening) await listen(port);
    },
    hold: (method, url) => {
      const hold: Hold = { method, url, held: Promise.withResolvers(), released: Promise.withResolvers() };
      holds.push(hold);
      allHolds.add(hold);
      return { held: hold.held.promise, release: () => hold.released.resolve() };
    },
    waitForHeld: () => anyHeld.promise,
    release,
    close: async () => {
      release();
      await shut();
      agent.destroy();
    },
  };
};
