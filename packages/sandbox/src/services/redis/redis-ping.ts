// Asks one question of a Redis over a bare socket, so that this package needs no client library.
import { createConnection } from 'node:net';

/** True once the server at the port answers PONG: it listens, and has loaded its data. Never throws. */
export const redisPing = (port: number, timeoutMs: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = createConnection({ host: '127.0.0.1', port });
    const end = (answered: boolean) => {
      socket.destroy();
      resolve(answered);
    };
    socket.setTimeout(timeoutMs, () => end(false));
    socket.once('error', () => end(false));
    socket.once('connect', () => socket.write('PING\r\n'));
    // While it loads its data it answers -LOADING.
    socket.once('data', (answer) => end(answer.toString('latin1').startsWith('+PONG')));
  });
