// A token with a batch prefix: other batches are, for it, as if they did not exist, whichever route it asks.
import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { startServer } from '../../support/http-server.ts';
import { startStack } from '../../support/stack.ts';
import { type Answer, askServer, filled, readDocument } from './document.ts';

const digest = (token: string): string => createHash('sha256').update(token).digest('hex');
const BATCH = 'theirs';

it('sees nothing of a batch of others: not its rows, its letters, its pictures, nor how many there are', async () => {
  const stack = await startStack();
  stack.sandbox.faults.add({ at: 'submit', status: 400, code: 'InvalidParameter.ImageContent' });
  const worker = await stack.startWorker();
  const server = await startServer(stack, {
    OUTPAINT_API_TOKENS: `all:read+enqueue+operate::${digest('tk-all')} shop:read+enqueue+operate:shop-:${digest('tk-shop')}`,
  });
  const { operations } = await readDocument(server.address);
  const as = (token: string, method: string, path: string, body?: unknown): Promise<Answer> =>
    askServer(`${server.address}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const row = { custom_id: 'a', source: stack.sandbox.pictureUrl('a.jpg'), parameters: { x_scale: 2 } };
  expect((await as('tk-all', 'POST', `/v1/batches?batch=${BATCH}`, [row])).status).toBe(202);
  await stack.waitForBatch(
    BATCH as never,
    'dead and reported',
    ({ counts, reportedAt }) => counts.dead_lettered === 1 && reportedAt !== null,
  );
  await worker.kill('SIGTERM');
  const [letter] = JSON.parse((await as('tk-all', 'GET', '/v1/dead-letters')).text).data;

  const named = operations.filter(({ path, takesBody }) => /\{(batch|id)\}/.test(path) && !takesBody);
  expect(named.length).toBeGreaterThan(10);
  for (const { id, method, path, query } of named) {
    const where = `${filled(path, { batch: BATCH, id: letter.expansion_id, custom_id: 'a' })}${query}`;
    expect([id, (await as('tk-shop', method, where)).status]).toEqual([id, 404]);
  }
  expect((await as('tk-shop', 'POST', `/v1/batches?batch=${BATCH}`, [row])).status).toBe(403);
  expect((await as('tk-shop', 'PATCH', `/v1/batches/${BATCH}`, { budget: '1' })).status).toBe(404);
  expect((await as('tk-shop', 'PATCH', `/v1/dead-letters/${letter.expansion_id}`, {})).status).toBe(404);
  const redriven = await as('tk-shop', 'POST', '/v1/dead-letters/redrive', { all: true });
  expect(JSON.parse(redriven.text)).toMatchObject({ redriven: 0, rows: [] });

  const seenBy = async (token: string) => {
    const read = async (path: string) => JSON.parse((await as(token, 'GET', path)).text);
    const overview = await read('/v1/overview');
    return {
      batches: (await read('/v1/batches')).data.length,
      letters: (await read('/v1/dead-letters')).data.length,
      counted: (await read('/v1/dead-letters/codes')).total,
      overview: [overview.at_work.length + overview.recent.length, overview.dead_letters.total],
    };
  };
  expect(await seenBy('tk-all')).toEqual({ batches: 1, letters: 1, counted: 1, overview: [1, 1] });
  expect(await seenBy('tk-shop')).toEqual({ batches: 0, letters: 0, counted: 0, overview: [0, 0] });
  await server.program.kill('SIGTERM');
});
