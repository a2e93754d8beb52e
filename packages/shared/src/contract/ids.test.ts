// An expansion's id follows from its batch and name alone, and nothing else passes for a name.
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { base32 } from './base32.ts';
import { asBatchName, asExpansionId, asTaskId, type CustomId, expansionIdOf, SINGLE_BATCH } from './ids.ts';

test.each([
  ['', ''],
  ['f', 'my'],
  ['fo', 'mzxq'],
  ['foo', 'mzxw6'],
  ['foob', 'mzxw6yq'],
  ['fooba', 'mzxw6ytb'],
  ['foobar', 'mzxw6ytboi'],
])('base32 of "%s" is the vector of RFC 4648, lower-case and unpadded', (text, expected) => {
  expect(base32(Buffer.from(text))).toBe(expected);
});

test('an id is x_ and 26 characters of the hash of batch, NUL and custom_id', () => {
  const id = expansionIdOf(asBatchName('spring-catalog'), 'sku-1042' as CustomId);
  const hash = createHash('sha256').update(Buffer.from('spring-catalog\0sku-1042')).digest();
  expect(id).toBe(`x_${base32(hash).slice(0, 26)}`);
  expect(id).toMatch(/^x_[a-z2-7]{26}$/);
});

test('the border between batch and name cannot be shifted', () => {
  expect(expansionIdOf(asBatchName('a'), 'bc' as CustomId)).not.toBe(expansionIdOf(asBatchName('ab'), 'c' as CustomId));
});

test('an id cannot be mistaken for a BullMQ id that is refused: no colon, not digits only', () => {
  expect(expansionIdOf(SINGLE_BATCH, '42' as CustomId)).not.toMatch(/:|^\d+$/);
});

test.each(['a', 'spring-catalog', '2026.11', '-', 'A_b', 'x'.repeat(128), '_single'])(
  '"%s" is a batch name',
  (name) => {
    expect(asBatchName(name)).toBe(name);
  },
);

test.each(['', '.', '..', '_x', '__single', 'a/b', '../a', 'a b', 'a:b', 'a\n', 'ä', 'x'.repeat(129), null, 7])(
  '%j is no batch name',
  (name) => {
    expect(() => asBatchName(name)).toThrow(expect.objectContaining({ code: 'batch_name_invalid' }));
  },
);

test.each([
  'x_',
  `x_${'a'.repeat(25)}`,
  `x_${'a'.repeat(27)}`,
  `X_${'a'.repeat(26)}`,
  `x_${'1'.repeat(26)}`,
  `x_${'a'.repeat(26)}\n`,
  '../x',
  undefined,
])('%j is no expansion id', (id) => {
  expect(() => asExpansionId(id)).toThrow(expect.objectContaining({ code: 'expansion_id_invalid' }));
});

test("a task id that would change the request's path is refused", () => {
  expect(asTaskId('86ecf553-d340-4e21-af6e-a0c6a421c010')).toBe('86ecf553-d340-4e21-af6e-a0c6a421c010');
  for (const id of ['', '..', 'a/b', 'a?b', 'a b', 'x'.repeat(257), 1]) {
    expect(() => asTaskId(id), String(id)).toThrow(expect.objectContaining({ code: 'task_id_invalid' }));
  }
});
