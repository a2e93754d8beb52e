// Ten thousand requests that nobody meant: bodies, queries, paths and headers at random, by a seed that is printed.
import fc from 'fast-check';
import { request } from 'undici';
import { expect, it } from 'vitest';
import { startServer } from '../../support/http-server.ts';
import { startStack } from '../../support/stack.ts';
import { filled, readDocument } from './document.ts';

const CASES = 10_000;
const AT_ONCE = 8;
/** What no answer may tell: where the program lies, and how it is made. */
const INSIDE = /node_modules|\.ts:\d+|at (async )?\w+ \(|\/src\/|ioredis|ECONNREFUSED|ReplyError/;

const word = fc.oneof(
  fc.string({ maxLength: 40, unit: 'grapheme' }),
  fc.constantFrom('', '0', '-1', '1e999', 'null', '../..', '%00', '__proto__', 'constructor', '{outpaint}', '*', 'a b'),
);
const nearlyRight = fc.record(
  {
    v: fc.oneof(fc.constant(1), fc.jsonValue()),
    custom_id: fc.oneof(word, fc.jsonValue()),
    batch: fc.oneof(fc.constantFrom('fuzz', '_single', '_x', '..'), word),
    source: fc.oneof(fc.webUrl(), word, fc.jsonValue()),
    parameters: fc.oneof(
      fc.dictionary(
        fc.constantFrom('output_ratio', 'x_scale', 'angle', 'left_offset', 'best_quality', '__proto__', 'z'),
        fc.oneof(fc.double(), fc.integer(), fc.boolean(), word),
      ),
      fc.jsonValue(),
    ),
    output_key: fc.oneof(word, fc.constantFrom('/a', 'a/../b', 'a//b')),
  },
  { requiredKeys: [] },
);
const right = fc.record({
  custom_id: fc.uuid(),
  batch: fc.constant('fuzz'),
  source: fc.webUrl({ validSchemes: ['https'] }),
  parameters: fc.record({ x_scale: fc.integer({ min: 1, max: 3 }) }),
});
const text = fc.oneof(
  fc.oneof(right, fc.array(right, { maxLength: 3 })).map((value) => JSON.stringify(value)),
  nearlyRight.map((value) => JSON.stringify(value)),
  fc.json(),
  fc.array(nearlyRight, { maxLength: 5 }).map((value) => JSON.stringify(value)),
  fc.string({ maxLength: 300, unit: 'binary' }),
  fc.constantFrom(
    '',
    '{',
    '[]',
    '"',
    '{"__proto__":{"a":1}}',
    `${'['.repeat(5_000)}`,
    'custom_id,source\n"a',
    '\ufeffcustom_id,source\na,b\n',
  ),
);
const headerText = fc
  .string({ maxLength: 60, unit: 'binary-ascii' })
  .map((value) => value.replace(/[^\x20-\x7e]/g, ''));
const headers = fc.record(
  {
    'content-type': fc.oneof(
      fc.constant('application/json'),
      fc.constantFrom(
        'application/json',
        'text/csv',
        'application/jsonl',
        'application/json; charset=latin1',
        'text/plain',
        'multipart/form-data',
      ),
      headerText,
    ),
    'content-encoding': fc.oneof(fc.constantFrom('gzip', 'identity', 'br'), headerText),
    'idempotency-key': headerText,
    'last-event-id': headerText,
    authorization: headerText,
    accept: headerText,
    traceparent: headerText,
    cookie: headerText,
  },
  { requiredKeys: ['content-type'] },
);
const query = fc.dictionary(
  fc.constantFrom(
    'limit',
    'cursor',
    'batch',
    'code',
    'budget',
    'max_failures',
    'keep_going',
    'open',
    'format',
    'status',
    'x',
  ),
  word,
  { maxKeys: 4 },
);

it(`${CASES} requests at random are each answered, never with a 5xx, and tell nothing of the inside`, async () => {
  const stack = await startStack();
  const server = await startServer(stack, { HTTP_RATE_PER_MINUTE: '1000000' });
  const { operations } = await readDocument(server.address);
  // A stream of events ends when its batch does; here none ever would.
  const asked = operations.filter(({ path }) => !path.endsWith('/events'));
  const aCase = fc.record({
    operation: fc.constantFrom(...asked),
    method: fc.oneof(
      { weight: 6, arbitrary: fc.constant(null) },
      { weight: 1, arbitrary: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD') },
    ),
    names: fc.array(word, { minLength: 3, maxLength: 3 }),
    query,
    headers,
    text,
  });
  // Another one each time; put the number of a failure here to send the same again.
  const seed = Date.now() % 2 ** 31;
  const cases = fc.sample(aCase, { numRuns: CASES, seed });
  const tally = new Map<number, number>();
  const wrong: unknown[] = [];
  const send = async (one: (typeof cases)[number]): Promise<void> => {
    const [a = '', b = '', c = ''] = one.names.map((name) => name || 'none');
    const path = filled(one.operation.path, { batch: a, id: b, name: b, custom_id: c });
    const method = one.method ?? one.operation.method;
    const hasBody = method !== 'GET' && method !== 'HEAD';
    const answer = await request(`${server.address}${path}?${new URLSearchParams(one.query)}`, {
      method: method as 'GET',
      headers: one.headers as Record<string, string>,
      ...(hasBody ? { body: one.text } : {}),
    });
    const body = await answer.body.text();
    tally.set(answer.statusCode, (tally.get(answer.statusCode) ?? 0) + 1);
    const isProblem = answer.statusCode < 400 || method === 'HEAD' || /"urn:outpaint:problem:\w+"/.test(body);
    if (answer.statusCode >= 500 || !isProblem || INSIDE.test(body))
      wrong.push({ answer: [answer.statusCode, body.slice(0, 500)], one });
  };
  const next = cases[Symbol.iterator]();
  const lane = async (): Promise<void> => {
    for (const one of next) await send(one);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));

  expect(wrong.slice(0, 3), `by seed ${seed}`).toEqual([]);
  expect([...tally.values()].reduce((sum, n) => sum + n, 0)).toBe(CASES);
  // They reached more than the first check.
  for (const status of [200, 202, 400, 404, 415, 422])
    expect([status, tally.get(status) ?? 0]).not.toEqual([status, 0]);
  expect((await request(`${server.address}/readyz`)).statusCode).toBe(200);
  expect(await server.program.kill('SIGTERM')).toEqual({ code: 0, signal: null });
  expect(server.program.stderr()).not.toContain('request failed');
}, 600_000);
