// A TCP gate before Redis that lets a connection stand and swallows its replies: what a dead path or a hung proxy does.
import { connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

export interface SwallowingGate {
  readonly url: string;
  /** From now on no reply reaches a connection whose CLIENT SETNAME matches, those to come included; null ends it. */
  swallow(name: RegExp | null): void;
  /** Replies that were swallowed. */
  readonly swallowed: () => number;
}

const HEAD_CHARS = 4_000;
const SETNAME = /setname\r\n\$\d+\r\n([^\r]*)\r\n/i;

/** Call it inside a test. Commands always reach Redis. */
export const startSwallowingGate = async (redisUrl: string): Promise<SwallowingGate> => {
  const target = new URL(redisUrl);
  const sockets = new Set<Socket>();
  let victims: RegExp | null = null;
  let swallowed = 0;
  const server = createServer((client) => {
    const upstream = connect(Number(target.port || 6379), target.hostname);
    let head = '';
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.on('data', (bytes) => {
      if (head.length < HEAD_CHARS) head += bytes.toString('latin1');
      upstream.write(bytes);
    });
    upstream.on('data', (bytes) => {
      if (victims?.test(SETNAME.exec(head)?.[1] ?? '')) swallowed += 1;
      else client.write(bytes);
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((closed) => server.close(closed));
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `redis://127.0.0.1:${port}`,
    swallow: (name) => {
      victims = name;
    },
    swallowed: () => swallowed,
  };
};
