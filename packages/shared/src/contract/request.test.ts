// A request is accepted in one normal form or refused with everything that is wrong with it.
import { expect, test } from 'vitest';
import { asBatchName } from './ids.ts';
import { PROBLEMS_MAX, sentenceOf } from './problem.ts';
import { parseRequest } from './request.ts';

const BASE = {
  custom_id: 'sku-1042',
  batch: 'spring',
  source: 'https://cdn.example.com/1042.jpg',
  parameters: { output_ratio: '16:9' },
};
const parse = (over: Record<string, unknown> = {}, batch?: string) =>
  parseRequest(
    { ...BASE, ...over },
    { randomCustomId: () => 'random-1', ...(batch === undefined ? {} : { batch: asBatchName(batch) }) },
  );
const accepted = (over: Record<string, unknown> = {}, batch?: string) => {
  const parsed = parse(over, batch);
  if (!parsed.ok) throw new Error(parsed.problems.map(sentenceOf).join(' '));
  return parsed;
};
const sentences = (over: Record<string, unknown>, batch?: string) => {
  const parsed = parse(over, batch);
  return parsed.ok ? [] : parsed.problems.map(sentenceOf);
};

test('the normal form has all fields in one order, the switches said, and only what takes effect', () => {
  expect(JSON.stringify(accepted().request)).toBe(
    '{"v":1,"custom_id":"sku-1042","batch":"spring","source":"https://cdn.example.com/1042.jpg","parameters":{"output_ratio":"16:9","best_quality":false,"limit_image_size":true,"add_watermark":true},"output_key":"spring/sku-1042.jpg"}',
  );
});

test('the order of fields and parameters, and defaults that are spelled out, do not change the identity', () => {
  const one = accepted({ parameters: { x_scale: 2, angle: 5, add_watermark: false } });
  const other = parseRequest(
    {
      parameters: { add_watermark: false, y_scale: 1, top_offset: 0, output_ratio: '', angle: 5, x_scale: 2.0 },
      source: BASE.source,
      batch: 'spring',
      custom_id: 'sku-1042',
      v: 1,
    },
    { randomCustomId: () => 'x' },
  );
  expect(other.ok && JSON.stringify(other.request)).toBe(JSON.stringify(one.request));
});

test('a normal form is its own normal form', () => {
  const first = accepted({ source: 'https://例子.cn/图 片.jpg?q=中', custom_id: '货号/1 2' }).request;
  expect(parseRequest(first, { randomCustomId: () => 'x' })).toEqual({ ok: true, request: first, warnings: [] });
});

test('everything that is wrong is reported at once', () => {
  const all = sentences({
    v: 2,
    custom_id: '',
    batch: '../x',
    source: 'ftp://a',
    parameters: { angle: 400, x_scal: 2 },
    output_key: '/abs',
    prio: 1,
  });
  expect(all.map((sentence) => sentence.split(' ')[0])).toEqual([
    'prio',
    'v',
    'batch',
    'custom_id',
    'source',
    'parameters.angle',
    'parameters.x_scal',
    'output_key',
  ]);
});

test('a version that is not known is refused with a sentence', () => {
  expect(sentences({ v: 2 })).toEqual([
    'v must be 1, not 2. This installation knows version 1 only; update it, or send that version.',
  ]);
  expect(sentences({ v: '1' })).toHaveLength(1);
});

test.each([
  ['sourse', 'source'],
  ['customId', 'custom_id'],
  ['parameter', 'parameters'],
])('an unknown field %s is refused with the name that was meant', (typo, meant) => {
  expect(sentences({ [typo]: 1 })).toEqual([`${typo} is not known. Did you mean ${meant}?`]);
});

test.each([[null], ['text'], [7], [[]], [undefined]])('%j is no request', (input) => {
  expect(parseRequest(input, { randomCustomId: () => 'x' }).ok).toBe(false);
});

test('without a batch it belongs to _single, with a random name unless given one', () => {
  const single = parseRequest({ source: BASE.source, parameters: { angle: 5 } }, { randomCustomId: () => 'random-1' });
  expect(single.ok && single.request).toMatchObject({
    batch: '_single',
    custom_id: 'random-1',
    output_key: '_single/random-1.jpg',
  });
});

test('a row of a batch needs a name, and keeps to the batch that it is handed in under', () => {
  expect(sentences({ custom_id: undefined })[0]).toMatch(/^custom_id is missing/);
  expect(accepted({ batch: undefined }, 'spring').request.batch).toBe('spring');
  expect(accepted({}, 'spring').request.batch).toBe('spring');
  expect(sentences({}, 'autumn')[0]).toMatch(/^batch must be "autumn", the batch it is handed in under, not "spring"/);
});

test.each(['a', ' ', '货号 42/红', 'a/../b', '"x"', '😀', 'x'.repeat(256), 'é'.repeat(128)])(
  '%j is a custom_id',
  (custom_id) => {
    expect(accepted({ custom_id }).request.custom_id).toBe(custom_id);
  },
);

test.each([
  '',
  'x'.repeat(257),
  'é'.repeat(129),
  'a\nb',
  'a\0',
  '\u200Ba',
  '\uFEFFa',
  'a\u2028',
  '\uD800',
  7,
  null,
  ['a'],
])('%j is no custom_id', (custom_id) => {
  expect(sentences({ custom_id })).toHaveLength(1);
});

test('a name with a space at its end is kept and warned about', () => {
  expect(accepted({ custom_id: 'sku-1 ' }).warnings).toEqual([
    { field: 'custom_id', message: 'begins or ends with a space, which is part of its name' },
  ]);
});

test.each([
  ['https://cdn.example.com/图 1.jpg', 'https://cdn.example.com/%E5%9B%BE%201.jpg'],
  ['https://cdn.example.com/a%20b.jpg?sig=A%2Fb+c', 'https://cdn.example.com/a%20b.jpg?sig=A%2Fb+c'],
  ['HTTP://Example.COM:80/A', 'http://example.com/A'],
  ['s3://bucket/图 1%20.jpg', 's3://bucket/图 1%20.jpg'],
  ['http://127.0.0.1:9000/a.jpg', 'http://127.0.0.1:9000/a.jpg'],
])('the source %s is kept as %s', (source, kept) => {
  expect(accepted({ source }).request.source).toBe(kept);
});

test.each([
  undefined,
  '',
  'not a url',
  'ftp://a/b',
  'file:///etc/passwd',
  'data:image/png;base64,AA',
  'javascript:1',
  's3://bucket',
  's3://bucket/',
  's3:///key',
  's3://../key',
  's3://b/key',
  `https://a/${'x'.repeat(2048)}`,
  `https://a/${'图'.repeat(300)}`,
  'https://a/b\nc',
  'https://a/b#c',
  'https://a/b#',
  7,
  null,
])('the source %j is refused', (source) => {
  expect(sentences({ source })).toHaveLength(1);
});

test('a password in a source is refused and not shown', () => {
  const [sentence] = sentences({ source: 'https://user:hunter2@cdn.example.com/a.jpg' });
  expect(sentence).toContain('without a user name and password');
  expect(sentence).not.toContain('hunter2');
});

test.each([
  'a.jpg',
  'spring/1042.jpg',
  '图/片 1.jpg',
  'a..b/c.jpg',
  '.hidden',
  'report/x',
  'spring/reports/x',
  'x'.repeat(900),
])('%j is an output key', (output_key) => {
  expect(accepted({ output_key }).request.output_key).toBe(output_key);
});

test.each([
  '',
  '/a',
  '../a',
  'a/../b',
  'a/..',
  './a',
  'a/./b',
  'a//b',
  'a/',
  'a\\b',
  'a\nb',
  'a\u0000',
  '\uD800',
  'x'.repeat(901),
  '图'.repeat(301),
  'spring/report/x',
  7,
  null,
])('%j is no output key', (output_key) => {
  expect(sentences({ output_key })).toHaveLength(1);
});

test('a caller with a thousand mistakes gets a bounded answer, and so does one with a huge value', () => {
  const many = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`field_${i}`, 'x'.repeat(10_000)]));
  const parsed = parse({ ...many, custom_id: 'x'.repeat(1_000_000) });
  expect(!parsed.ok && parsed.problems).toHaveLength(PROBLEMS_MAX + 1);
  expect(JSON.stringify(parsed).length).toBeLessThan(40_000);
});
