import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { endConnectionsAsTheyFinish } from './end-connections.ts';

test('a connection that was being answered when the server closed gets its answer, and ends with it', async () => {
  const asked = Promise.withResolvers<ServerResponse>();
  // Without a limit of time of its own, as a browser's connection that is kept for more.
  const server = createServer({ keepAliveTimeout: 0 }, (_request, response) => asked.resolve(response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  client.write('GET / HTTP/1.1\r\nHost: here\r\n\r\n');
  const response = await asked.promise;
  response.writeHead(200, { 'content-length': '8' }).flushHeaders();
  await once(client, 'readable');

  endConnectionsAsTheyFinish(server);
  const closed = once(server, 'close');
  server.close();
  response.end('answered');
  expect(await text(client)).toMatch(/keep-alive[\s\S]*answered$/);
  await closed;
});
