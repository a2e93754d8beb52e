// Every route and every refusal that the server's own document promises, over real sockets.
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { startServer } from '../../support/http-server.ts';
import { dedicatedRedis } from '../../support/redis-server.ts';
import { startStack } from '../../support/stack.ts';
import { waitFor } from '../../support/wait-for.ts';
import { type Answer, askServer, filled, type Operation, readDocument } from './document.ts';

const digest = (token: string): string => createHash('sha256').update(token).digest('hex');
/** They ask the bucket, or nobody; a plan looks at its manifest first, and a stream goes on once Redis is back. */
const WITHOUT_REDIS = [
  'metrics',
  'beginSession',
  'getSession',
  'endSession',
  'getBatchReport',
  'getBatchReportRows',
  'planBatch',
  'followOverview',
];
const PROBLEM = 'application/problem+json';

const problemOf = ({ text }: Answer): { code: string; retryable: boolean; status: number } => JSON.parse(text);

const sent = (operation: Operation, address: string, token: string | null, path = filled(operation.path)) =>
  askServer(`${address}${path}`, {
    method: operation.method,
    headers: {
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(operation.takesBody ? { 'content-type': 'application/json' } : {}),
    },
    ...(operation.takesBody ? { body: '{}' } : {}),
  });

describe('with tokens', () => {
  it('each route refuses who has no token, an unknown one, or one without its scope, before it reads a body', async () => {
    const stack = await startStack();
    const server = await startServer(stack, {
      OUTPAINT_API_TOKENS: ['read', 'enqueue', 'operate']
        .map((scope) => `${scope}:${scope}::${digest(`tk-${scope}`)}`)
        .join(','),
    });
    const { operations, wrongWith } = await readDocument(server.address);
    // A session begins for a page of this server alone, with a token that was typed in: console tests are about it.
    const guarded = operations.filter(({ id, isOpen }) => !isOpen && id !== 'beginSession');
    expect(guarded.length).toBeGreaterThan(20);
    for (const operation of guarded) {
      for (const [token, status, codes] of [
        [null, 401, ['token_missing']],
        ['tk-nobody', 401, ['token_unknown']],
      ] as const) {
        const answer = await sent(operation, server.address, token);
        expect([operation.id, answer.status, codes.includes(problemOf(answer).code as never)]).toEqual([
          operation.id,
          status,
          true,
        ]);
        expect(answer.headers.get('content-type')).toContain(PROBLEM);
        expect(wrongWith(operation.id, answer)).toBeNull();
      }
      const codes = await Promise.all(
        ['tk-read', 'tk-enqueue', 'tk-operate'].map(async (token) => {
          const answer = await sent(operation, server.address, token);
          expect(wrongWith(operation.id, answer)).toBeNull();
          return answer.status === 403 ? 'refused' : 'let in';
        }),
      );
      // One scope is asked for, and neither of the others stands for it.
      expect([operation.id, codes.filter((code) => code === 'let in').length]).toEqual([operation.id, 1]);
    }
    await server.program.kill('SIGTERM');
  });

  it('each route counts requests, and says when to come back', async () => {
    const stack = await startStack();
    const server = await startServer(stack, { HTTP_RATE_PER_MINUTE: '1' });
    const { operations, wrongWith } = await readDocument(server.address);
    await askServer(`${server.address}/v1/line`);
    for (const operation of operations.filter(({ isOpen }) => !isOpen)) {
      const answer = await sent(operation, server.address, null);
      expect([operation.id, answer.status, problemOf(answer).code]).toEqual([operation.id, 429, 'rate_exceeded']);
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(wrongWith(operation.id, answer)).toBeNull();
    }
    await server.program.kill('SIGTERM');
  });
});

it('while Redis is away each route that needs it says so with 503 and a time to come back, and answers again after', async () => {
  const redis = await dedicatedRedis();
  const stack = await startStack({ redisUrl: redis.url });
  const server = await startServer(stack);
  const { operations, wrongWith } = await readDocument(server.address);
  await redis.kill();
  const needing = operations.filter(
    ({ id, isOpen, takesBody }) => !isOpen && !takesBody && !WITHOUT_REDIS.includes(id),
  );
  await Promise.all(
    needing.map(async (operation) => {
      const answer = await sent(
        operation,
        server.address,
        null,
        `${filled(operation.path, { id: `x_${'a'.repeat(26)}` })}${operation.query}`,
      );
      if (answer.status === 303) return;
      expect([operation.id, answer.status, problemOf(answer)]).toMatchObject([
        operation.id,
        503,
        { code: 'redis_unreachable', retryable: true },
      ]);
      expect(answer.headers.has('retry-after')).toBe(true);
      expect(wrongWith(operation.id, answer)).toBeNull();
    }),
  );
  const expansion = { source: 'https://pictures.example/a.jpg', parameters: { x_scale: 2 } };
  const post = () =>
    askServer(`${server.address}/v1/expansions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(expansion),
    });
  expect((await post()).status).toBe(503);
  await redis.restart();
  await waitFor('the server to accept again', async () => (await post()).status === 202);
  await server.program.kill('SIGTERM');
});
