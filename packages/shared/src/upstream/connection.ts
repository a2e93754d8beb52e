// The sockets to the API: kept alive for queries, a fresh one for every submit.
import { Agent, buildConnector, Client, type Dispatcher } from 'undici';
import { ANSWER_BYTES_MAX, HEADER_BYTES_MAX } from './request.ts';

/** Queries are paced at some 20 per second and take well under a second each; more sockets than this means a sick API. */
const QUERY_SOCKETS_MAX = 16;
const CONNECT_TIMEOUT_MS_MAX = 10_000;

export interface Connection {
  readonly origin: string;
  /** The base URL's own path, without a slash at its end. */
  readonly basePath: string;
  readonly queries: Dispatcher;
  /** Runs `use` on a connection of its own, closed afterwards. */
  withFreshSocket<T>(use: (dispatcher: Dispatcher) => Promise<T>): Promise<T>;
  /** Waits for what is under way (each exchange is bounded), then closes every socket. Safe to repeat. */
  close(): Promise<void>;
}

export const createConnection = (baseUrl: string, requestTimeoutMs: number): Connection => {
  const url = new URL(baseUrl);
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw new TypeError('the base URL is neither http nor https');
  const limits = {
    maxHeaderSize: HEADER_BYTES_MAX,
    maxResponseSize: ANSWER_BYTES_MAX,
    // HTTP/2 in undici re-dispatches requests after a GOAWAY; with HTTP/1.1 and one request per socket nothing is re-sent.
    allowH2: false,
    pipelining: 1,
  } as const;
  const timeout = Math.min(CONNECT_TIMEOUT_MS_MAX, requestTimeoutMs);
  const queries = new Agent({ ...limits, connections: QUERY_SOCKETS_MAX, connect: { timeout } });
  // One connector for all submits: it remembers TLS sessions, so that a fresh connection costs one round trip less.
  const connect = buildConnector({ timeout, allowH2: false });
  const submits = new Set<Promise<unknown>>();
  let closed = false;

  return {
    origin: url.origin,
    basePath: url.pathname.replace(/\/+$/, ''),
    queries,
    // A POST on a kept-alive socket that the server has just closed ends in a reset, which is "maybe created": a doubt that
    // holds a slot for ten minutes. A fresh socket either stands or fails before a byte is sent, which is a clear "no".
    async withFreshSocket(use) {
      if (closed) return use(queries); // closed too: it refuses before sending
      const client = new Client(url.origin, { ...limits, pipelining: 0, connect });
      const submit = use(client).finally(() => client.destroy());
      submits.add(submit);
      try {
        return await submit;
      } finally {
        submits.delete(submit);
      }
    },
    async close() {
      closed = true;
      await Promise.allSettled(submits);
      if (!queries.closed) await queries.close();
    },
  };
};
