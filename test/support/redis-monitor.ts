// Every command that Redis runs, as MONITOR tells it. Over a bare socket: ioredis 6 takes a line that comes in one piece
// with the answer to MONITOR for an answer too many, and ends the connection.
import { once } from 'node:events';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';

/** Resolves once Redis tells; `see` gets one line a command, its words in quotes. Ends with the test. */
export const monitorRedis = async (url: string, see: (line: string) => void): Promise<void> => {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port) });
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  const lines = createInterface(socket);
  socket.write('MONITOR\r\n');
  await once(lines, 'line');
  lines.on('line', see);
};
