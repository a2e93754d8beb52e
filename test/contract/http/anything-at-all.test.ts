// Ten thousand requests that nobody meant: bodies, queries, paths and headers at random, by a seed that is printed.
import { request } from 'undici';
import { expect, it } from 'vitest';
import { startServer } from '../../support/http-server.ts';
import { startStack } from '../../support/stack.ts';
import { type AnyRequest, anyRequests, sendAll, sendAnyRequest } from './any-request.ts';
import { readDocument } from './document.ts';

const CASES = 10_000;
const AT_ONCE = 8;
/** What no answer may tell: where the program lies, and how it is made. */
const INSIDE = /node_modules|\.ts:\d+|at (async )?\w+ \(|\/src\/|ioredis|ECONNREFUSED|ReplyError/;

it(`${CASES} requests at random are each answered, never with a 5xx, and tell nothing of the inside`, async () => {
  const stack = await startStack();
  const server = await startServer(stack, { HTTP_RATE_PER_MINUTE: '1000000' });
  const { operations } = await readDocument(server.address);
  // Another one each time; put the number of a failure here to send the same again.
  const seed = Date.now() % 2 ** 31;
  const cases = anyRequests(operations, CASES, seed);
  const tally = new Map<number, number>();
  const wrong: unknown[] = [];
  const send = async (one: AnyRequest): Promise<void> => {
    const { status, method, body } = await sendAnyRequest(server.address, one);
    tally.set(status, (tally.get(status) ?? 0) + 1);
    const isProblem = status < 400 || method === 'HEAD' || /"urn:outpaint:problem:\w+"/.test(body);
    if (status >= 500 || !isProblem || INSIDE.test(body)) wrong.push({ answer: [status, body.slice(0, 500)], one });
  };
  await sendAll(cases, AT_ONCE, send);

  expect(wrong.slice(0, 3), `by seed ${seed}`).toEqual([]);
  expect([...tally.values()].reduce((sum, n) => sum + n, 0)).toBe(CASES);
  // They reached more than the first check.
  for (const status of [200, 202, 400, 404, 415, 422])
    expect([status, tally.get(status) ?? 0]).not.toEqual([status, 0]);
  expect((await request(`${server.address}/readyz`)).statusCode).toBe(200);
  expect(await server.program.kill('SIGTERM')).toEqual({ code: 0, signal: null });
  expect(server.program.stderr()).not.toContain('request failed');
}, 600_000);
