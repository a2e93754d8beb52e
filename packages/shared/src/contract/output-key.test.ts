// A default key is a safe path, the same for the same expansion, and never shared by two.
import { expect, test } from 'vitest';
import { asBatchName, type CustomId } from './ids.ts';
import { defaultOutputKey, isOutputKey, OUTPUT_KEY_BYTES_MAX } from './output-key.ts';

const batch = asBatchName('spring');
const keyOf = (customId: string) => defaultOutputKey(batch, customId as CustomId);

test.each([
  ['sku-1042', 'spring/sku-1042.jpg'],
  ['a b/c', 'spring/a~20b~2Fc.jpg'],
  ['红', 'spring/~E7~BA~A2.jpg'],
  ['~', 'spring/~7E.jpg'],
  ['%2F', 'spring/~252F.jpg'],
  ['..', 'spring/...jpg'],
  ['.', 'spring/..jpg'],
  ['../../etc', 'spring/..~2F..~2Fetc.jpg'],
  ['report/x', 'spring/report~2Fx.jpg'],
])('%s goes to %s', (customId, key) => {
  expect(keyOf(customId)).toBe(key);
});

const LONG = [
  'x'.repeat(256),
  '红'.repeat(85),
  `${'x'.repeat(255)}y`,
  `${'红'.repeat(84)}绿`,
  '/'.repeat(84),
  '/'.repeat(83),
  `${'x'.repeat(250)}~`,
];

test('a long name is cut to what every store takes, and still names one expansion', () => {
  for (const customId of LONG) {
    const key = defaultOutputKey(asBatchName('b'.repeat(128)), customId as CustomId);
    expect(Buffer.byteLength(key)).toBeLessThanOrEqual(OUTPUT_KEY_BYTES_MAX);
    expect(key.split('/').every((segment) => segment.length <= 255)).toBe(true);
    expect(key, 'no half of an escape is left before the hash').toMatch(
      /^b+\/([A-Za-z0-9._-]|~[0-9A-F]{2})*(~~[a-z2-7]{26})?\.jpg$/,
    );
  }
  expect(new Set(LONG.map(keyOf)).size).toBe(LONG.length);
});

test('different names have different keys, also when one looks like the escape of another', () => {
  const names = ['a/b', 'a~2Fb', 'a~2fb', 'a~7E2Fb', 'a%2Fb', 'a b', 'a~20b', 'A/b', '~', '~~', '~7E'];
  expect(new Set(names.map(keyOf)).size).toBe(names.length);
});

test('every default key passes the check of a chosen key, so none lies under the report', () => {
  for (const customId of [...LONG, 'report/manifest.json', '..', '\\', 'ä'])
    expect(isOutputKey(keyOf(customId), batch), customId).toBe(true);
});
