// A server that closes waits for its connections; what was at work then falls idle later, and Node ends only those that are idle at once.
import type { Server } from 'node:http';

const LOOK_MS = 100;

/** Until the server is closed, ends each connection as soon as it has been answered. No answer is cut off. */
export const endConnectionsAsTheyFinish = (server: Server): void => {
  if (!server.listening) return;
  const timer = setInterval(() => server.closeIdleConnections(), LOOK_MS);
  server.once('close', () => clearInterval(timer));
};
