// Requests that nobody meant: bodies, queries, paths and headers at random, by a seed.
import fc from 'fast-check';
import { request } from 'undici';
import { filled, type Operation } from './document.ts';

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
const place = fc.record(
  {
    manifest: fc.oneof(word, fc.constantFrom('s3://', 's3://b/', 's3://nowhere/feed.csv', '/etc/passwd')),
    map: fc.jsonValue(),
    set: fc.array(word),
  },
  { requiredKeys: [] },
);
const text = fc.oneof(
  place.map((value) => JSON.stringify(value)),
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
    'map',
    'set',
    'x',
  ),
  word,
  { maxKeys: 4 },
);

export interface AnyRequest {
  readonly operation: Operation;
  readonly method: string | null;
  readonly names: readonly string[];
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly text: string;
}

/** `count` requests to any of the operations; the same for the same seed. */
export const anyRequests = (operations: readonly Operation[], count: number, seed: number): AnyRequest[] => {
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
  return fc.sample(aCase, { numRuns: count, seed });
};

export const sendAnyRequest = async (
  address: string,
  one: AnyRequest,
): Promise<{ readonly status: number; readonly method: string; readonly body: string }> => {
  const [a = '', b = '', c = ''] = one.names.map((name) => name || 'none');
  const path = filled(one.operation.path, { batch: a, id: b, name: b, custom_id: c });
  const method = one.method ?? one.operation.method;
  const hasBody = method !== 'GET' && method !== 'HEAD';
  const answer = await request(`${address}${path}?${new URLSearchParams(one.query)}`, {
    method: method as 'GET',
    headers: one.headers as Record<string, string>,
    ...(hasBody ? { body: one.text } : {}),
  });
  return { status: answer.statusCode, method, body: await answer.body.text() };
};

/** Sends them all, some at once. */
export const sendAll = async (
  requests: readonly AnyRequest[],
  atOnce: number,
  send: (one: AnyRequest) => Promise<void>,
): Promise<void> => {
  const next = requests[Symbol.iterator]();
  const lane = async (): Promise<void> => {
    for (const one of next) await send(one);
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
};
