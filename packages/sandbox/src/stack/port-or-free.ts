// The port that one would like to have again and again, or another one where somebody else sits on it.
import { createServer } from 'node:net';
import { freePort } from '../services/free-port.ts';

/** Loopback. As good as the moment (free-port.ts). */
export const portOrFree = (wanted: number): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', () => freePort().then(resolve, reject));
    server.listen(wanted, '127.0.0.1', () => server.close(() => resolve(wanted)));
  });
