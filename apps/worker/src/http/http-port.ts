// The worker's HTTP port: is it alive, can it work, and its metrics. For supervisors and Prometheus, not for callers.
import type { AddressInfo } from 'node:net';
import { OutpaintError } from '@outpaint/shared/errors/outpaint-error';
import { fastify } from 'fastify';
import type { Health } from '../health/health-watch.ts';
import type { Readiness } from '../health/readiness.ts';

export interface HttpPort {
  /** `http://127.0.0.1:9464`. */
  readonly address: string;
  close(): Promise<void>;
}

export interface HttpPortDeps {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly health: () => Health;
  readonly readiness: () => Promise<Readiness>;
  readonly metrics: () => Promise<{ readonly contentType: string; readonly text: string }>;
  readonly draining: AbortSignal;
  readonly onError: (error: Error) => void;
}

/** Scrapers and probes are few; whoever opens more sockets is none of them. */
const CONNECTIONS_MAX = 64;
const REQUEST_TIMEOUT_MS = 10_000;
const BODY_BYTES_MAX = 1_024;

/** Throws `http_port_unavailable` where it cannot listen. An error in an answer is a 500 and never ends the worker. */
export const openHttpPort = async (deps: HttpPortDeps): Promise<HttpPort> => {
  const app = fastify({
    bodyLimit: BODY_BYTES_MAX,
    requestTimeout: REQUEST_TIMEOUT_MS,
    connectionTimeout: 2 * REQUEST_TIMEOUT_MS,
    // A scraper keeps its socket; a worker that stops does not wait for it.
    forceCloseConnections: true,
  });
  app.server.maxConnections = CONNECTIONS_MAX;
  app.addHook('onSend', async (_request, reply) => {
    reply.header('cache-control', 'no-store');
  });
  app.setErrorHandler((error, _request, reply) => {
    deps.onError(error instanceof Error ? error : new Error(String(error)));
    return reply.code(500).send({ status: 'error' });
  });

  app.get('/healthz', (_request, reply) => {
    const { status, silentMs } = deps.health();
    // Stopping is not ill: whoever killed it now would cut steps that are ending.
    const healthy = status === 'ok' || deps.draining.aborted;
    return reply
      .code(healthy ? 200 : 503)
      .send({ status: deps.draining.aborted ? 'draining' : status, silent_ms: silentMs });
  });

  app.get('/readyz', async (_request, reply) => {
    const { ready, ...parts } = await deps.readiness();
    const draining = deps.draining.aborted;
    const status = draining ? 'draining' : ready ? 'ready' : 'not_ready';
    return reply.code(status === 'ready' ? 200 : 503).send({ status, ...parts });
  });

  app.get('/metrics', async (_request, reply) => {
    const { contentType, text } = await deps.metrics();
    return reply.type(contentType).send(text);
  });

  try {
    await app.listen({ host: deps.host, port: deps.port });
  } catch (error) {
    await app.close();
    const reason = error instanceof Error ? error.message : String(error);
    throw new OutpaintError('http_port_unavailable', `WORKER_HTTP_PORT cannot be opened: ${reason}`, { cause: error });
  }
  const { address, port, family } = app.server.address() as AddressInfo;
  return {
    address: `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`,
    close: () => app.close(),
  };
};
