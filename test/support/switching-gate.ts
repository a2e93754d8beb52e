// An address in front of several Redis servers, as a failover moves it: a proxy, a DNS name, a service.
import { connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

export interface SwitchingGate {
  readonly url: string;
  /** New connections lead there; `cut` ends those that stand, as a promoted replica's clients would see it. */
  switchTo(redisUrl: string, o: { cut: boolean }): void;
}

/** Call it inside a test. */
export const startSwitchingGate = async (redisUrl: string): Promise<SwitchingGate> => {
  let target = new URL(redisUrl);
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const redis = connect(Number(target.port), target.hostname);
    for (const [socket, other] of [
      [client, redis],
      [redis, client],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
      socket.pipe(other);
    }
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const cutAll = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  onTestFinished(async () => {
    cutAll();
    await new Promise((closed) => server.close(closed));
  });
  const address = server.address();
  return {
    url: `redis://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`,
    switchTo: (url, { cut }) => {
      target = new URL(url);
      if (cut) cutAll();
    },
  };
};
