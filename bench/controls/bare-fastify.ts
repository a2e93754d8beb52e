// The least that the same library can do: takes the body, keeps nothing, and says 202 with it.
import type { AddressInfo } from 'node:net';
import { fastify } from 'fastify';

const app = fastify();
app.post('/v1/expansions', (request, reply) => reply.code(202).send(request.body));
await app.listen({ host: '127.0.0.1', port: 0 });
process.stdout.write(`listening on ${(app.server.address() as AddressInfo).port}\n`);
process.once('SIGTERM', () => process.exit(0));
