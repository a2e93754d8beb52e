// A TCP server that speaks HTTP by hand, so that a test decides every byte, pause and reset, and can count what arrived.
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

export interface RawRequest {
  readonly method: string;
  /** The request target exactly as it stood on the wire. */
  readonly target: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** 1 for the first connection of the server. */
  readonly connection: number;
}

export type Answering = (request: RawRequest, socket: Socket) => void;

export interface RawServer {
  readonly url: string;
  readonly port: number;
  /** Every whole request, in order. */
  readonly requests: readonly RawRequest[];
  readonly connections: () => number;
  /** Bytes that arrived on all connections together. */
  readonly bytesReceived: () => number;
  /** Resolves when no connection is open; the leak check of a test. */
  readonly quiet: () => Promise<void>;
  readonly close: () => Promise<void>;
}

const HEAD_END = '\r\n\r\n';

const readRequest = (received: string, connection: number): { request: RawRequest; rest: string } | null => {
  const end = received.indexOf(HEAD_END);
  if (end === -1) return null;
  const [first = '', ...lines] = received.slice(0, end).split('\r\n');
  const [method = '', target = ''] = first.split(' ');
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const colon = line.indexOf(':');
    headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
  }
  const bodyAt = end + HEAD_END.length;
  const bodyEnd = bodyAt + Number(headers['content-length'] ?? 0);
  if (received.length < bodyEnd) return null;
  const body = Buffer.from(received.slice(bodyAt, bodyEnd), 'latin1').toString('utf8');
  return { request: { method, target, headers, body, connection }, rest: received.slice(bodyEnd) };
};

/** Listens on a free loopback port. `onConnect` sees each socket before anything is read from it. */
export const startRawServer = async (
  answer: Answering,
  o: { onConnect?: (socket: Socket) => void } = {},
): Promise<RawServer> => {
  const requests: RawRequest[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  let bytesReceived = 0;
  const server = createServer((socket) => {
    const connection = ++connections;
    let received = '';
    sockets.add(socket);
    socket.on('error', () => {}); // tests reset connections on purpose
    socket.on('close', () => {
      sockets.delete(socket);
      server.emit('socket-closed');
    });
    o.onConnect?.(socket);
    socket.on('data', (bytes) => {
      bytesReceived += bytes.length;
      received += bytes.toString('latin1');
      for (let read = readRequest(received, connection); read !== null; read = readRequest(received, connection)) {
        received = read.rest;
        requests.push(read.request);
        answer(read.request, socket);
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    requests,
    connections: () => connections,
    bytesReceived: () => bytesReceived,
    async quiet() {
      while (sockets.size > 0) await once(server, 'socket-closed');
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
};

/** The bytes of one answer; `content-length` is added unless the headers say how long it is or that it comes in chunks. */
export const rawAnswer = (status: number, headers: Record<string, string>, body: string | Buffer): Buffer => {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  const names = Object.keys(headers).map((name) => name.toLowerCase());
  const length =
    names.includes('content-length') || names.includes('transfer-encoding') ? {} : { 'content-length': bytes.length };
  const lines = Object.entries({ ...headers, ...length }).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.concat([Buffer.from(`HTTP/1.1 ${status} X\r\n${lines.join('')}\r\n`), bytes]);
};

/** A JSON answer, as the API gives it. */
export const jsonAnswer = (status: number, body: unknown, headers: Record<string, string> = {}): Buffer =>
  rawAnswer(status, { 'content-type': 'application/json', ...headers }, JSON.stringify(body));

/** A port on loopback where nobody listens. */
export const deadPort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
};
