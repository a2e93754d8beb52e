// A proxy before the sandbox that writes down what a worker really sent, and may leave a header out on the way.
import { once } from 'node:events';
import { Agent, createServer, request as forward, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { onTestFinished } from 'vitest';

export interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  /** As they arrived here, before anything was left out. */
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface RecordingProxy {
  /** What DASHSCOPE_BASE_URL is set to. */
  readonly baseUrl: string;
  readonly requests: readonly RecordedRequest[];
  /** From now on this header does not reach the sandbox; null lets all through again. */
  leaveOut(header: string | null): void;
}

const bodyOf = async (message: IncomingMessage): Promise<Buffer> => {
  const parts: Buffer[] = [];
  for await (const part of message) parts.push(part as Buffer);
  return Buffer.concat(parts);
};

/** Call it inside a test. A given `port` lets a test choose the moment at which something listens there. */
export const startRecordingProxy = async (targetBaseUrl: string, port = 0): Promise<RecordingProxy> => {
  const target = new URL(targetBaseUrl);
  const agent = new Agent();
  const requests: RecordedRequest[] = [];
  let leftOut: string | null = null;
  const server = createServer(async (request, response) => {
    try {
      const body = await bodyOf(request);
      const { method = '', url = '' } = request;
      requests.push({ method, path: url, headers: { ...request.headers }, body: body.toString('utf8') });
      const headers = { ...request.headers, 'content-length': String(body.length) };
      if (leftOut !== null) delete (headers as IncomingHttpHeaders)[leftOut];
      const onward = forward({ host: target.hostname, port: target.port, method, path: url, headers, agent });
      onward.end(body);
      const [answer] = (await once(onward, 'response')) as [IncomingMessage];
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      response.end(await bodyOf(answer));
    } catch {
      // A broken connection on either side ends as one on the client's side.
      response.socket?.resetAndDestroy();
    }
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
    agent.destroy();
  });
  const address = server.address();
  const listening = typeof address === 'object' && address !== null ? address.port : port;
  return {
    baseUrl: `http://127.0.0.1:${listening}${target.pathname}`,
    requests,
    leaveOut: (header) => {
      leftOut = header?.toLowerCase() ?? null;
    },
  };
};
