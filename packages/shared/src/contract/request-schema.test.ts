// The schema that callers are given accepts what the contract accepts; it may not say yes to what is refused for its form.

import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { PARAMETER_NAMES, PARAMETER_RULES } from './parameters.ts';
import { parseRequest } from './request.ts';
import { expansionRequestSchema } from './request-schema.ts';

const BASE = {
  custom_id: 'sku-1',
  batch: 'spring',
  source: 'https://cdn.example.com/1.jpg',
  parameters: { x_scale: 2 },
};

const isAccepted = (input: unknown): boolean => parseRequest(input, { randomCustomId: () => 'random' }).ok;
const fits = (input: unknown): boolean => expansionRequestSchema.safeParse(input).success;

test('the JSON Schema that services are given is the one in docs', async () => {
  const schema = z.toJSONSchema(expansionRequestSchema, { target: 'draft-2020-12' });
  await expect(`${JSON.stringify(schema, null, 2)}\n`).toMatchFileSnapshot(
    '../../../../docs/expansion-request.schema.json',
  );
});

describe('schema and contract agree on the form of', () => {
  const values = [
    undefined,
    null,
    '',
    '1',
    'x',
    0,
    1,
    2,
    2.5,
    3,
    4,
    -1,
    359,
    360,
    12_287,
    12_288,
    true,
    false,
    [],
    {},
    Number.NaN,
  ];
  test.each(PARAMETER_NAMES)('parameters.%s', (name) => {
    for (const value of values) {
      const input = { ...BASE, parameters: { output_ratio: '16:9', [name]: value } };
      if (!fits(input)) expect([name, value, isAccepted(input)]).toEqual([name, value, false]);
      // What has the right form is refused only where it would extend nothing.
      else if (name !== 'output_ratio') expect([name, value, isAccepted(input)]).toEqual([name, value, true]);
    }
  });

  test.each(['v', 'custom_id', 'batch', 'source', 'parameters', 'output_key'])('%s', (name) => {
    for (const value of [null, '', 7, [], {}, true, 'x'.repeat(5_000)]) {
      const input = { ...BASE, [name]: value };
      if (!fits(input)) expect([name, value, isAccepted(input)]).toEqual([name, value, false]);
    }
  });

  test('a field that nobody knows', () => {
    for (const input of [
      { ...BASE, extra: 1 },
      { ...BASE, parameters: { x_scale: 2, extra: 1 } },
    ]) {
      expect(fits(input)).toBe(false);
      expect(isAccepted(input)).toBe(false);
    }
  });
});

test('everything that is accepted fits the schema', () => {
  let seed = 1;
  const next = (max: number): number => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % max;
  };
  const pick = <T>(from: readonly T[]): T => from[next(from.length)] as T;
  let accepted = 0;
  for (let i = 0; i < 20_000; i += 1) {
    const parameters = Object.fromEntries(
      PARAMETER_NAMES.filter(() => next(3) === 0).map((name) => [
        name,
        pick([PARAMETER_RULES[name].default, 0, 1, 1.5, 2, 90, 45, 100, true, false, '', '16:9', '5:4', 400, '2']),
      ]),
    );
    const input = {
      ...(next(2) ? { v: pick([1, 1, 2]) } : {}),
      ...(next(4) ? { custom_id: pick(['a', 'ä/中 文', 'x'.repeat(256), ' a', '']) } : {}),
      ...(next(2) ? { batch: pick(['spring', '_single', 'a b', '..']) } : {}),
      source: pick(['https://cdn.example.com/1.jpg', 's3://bucket/key', 'http://x/中.png', 'ftp://x', '']),
      ...(next(5) ? { parameters } : {}),
      ...(next(3) ? {} : { output_key: pick(['a/b.jpg', '../a', '/a', 'x'.repeat(900)]) }),
    };
    if (!isAccepted(input)) continue;
    accepted += 1;
    expect([input, fits(input)]).toEqual([input, true]);
  }
  expect(accepted).toBeGreaterThan(100);
});
