// A JSONL manifest is one object a line, and whatever is wrong is named with its line.
import { Readable } from 'node:stream';
import { sentenceOf } from '@outpaint/shared/contract/problem';
import { expect, test } from 'vitest';
import { ROW_CHARS_MAX } from './manifest-row.ts';
import { readManifest } from './read-manifest.ts';

const read = async (content: string | Buffer, size = 5, rowsMax = 100) => {
  const bytes = Buffer.from(content);
  const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
    bytes.subarray(i * size, (i + 1) * size),
  );
  const rows: unknown[] = [];
  for await (const row of readManifest(Readable.from(chunks), 'jsonl', { rowsMax })) {
    rows.push(row.ok ? [row.line, row.value] : [row.line, sentenceOf(row.problem)]);
  }
  return rows;
};

test('objects are read with their lines; blank lines, CRLF, a byte order mark and a missing last line break do no harm', async () => {
  expect(await read('\uFEFF{"custom_id":"红"}\r\n\n{"a":"x\\ny"}\n  \n{}')).toEqual([
    [1, { custom_id: '红' }],
    [3, { a: 'x\ny' }],
    [5, {}],
  ]);
});

test('what is no JSON, no object or no UTF-8 is named with its line, and the rest is read', async () => {
  const content = Buffer.concat([
    Buffer.from('{"a":1},\n[1]\nnull\n{"b":"'),
    Buffer.from([0xff]),
    Buffer.from('"}\n{"c":3}\n'),
  ]);
  expect(await read(content)).toEqual([
    [1, 'row is not valid JSON. Each line holds one JSON object, without a comma after it.'],
    [2, 'row is not a JSON object. Each line holds one JSON object.'],
    [3, 'row is not a JSON object. Each line holds one JSON object.'],
    [4, expect.stringContaining('not UTF-8')],
    [5, { c: 3 }],
  ]);
});

test('a line beyond the bound is named once and skipped, however it is cut into chunks', async () => {
  const long = `{"a":"${'x'.repeat(3 * ROW_CHARS_MAX)}"}`;
  for (const size of [1000, 1 << 20]) {
    expect(await read(`{"n":1}\n${long}\n{"n":3}`, size)).toEqual([
      [1, { n: 1 }],
      [2, `row is longer than ${ROW_CHARS_MAX} characters.`],
      [3, { n: 3 }],
    ]);
  }
});

test('more rows than allowed end the reading with a sentence', async () => {
  expect(await read('{}\n{}\n{}\n{}\n', 5, 2)).toEqual([
    [1, {}],
    [2, {}],
    [3, 'row is one too many: a manifest has at most 2 rows. Split the manifest.'],
  ]);
});

test('an error of the stream itself is thrown', async () => {
  const broken = new Readable({
    read() {
      this.destroy(new Error('disk gone'));
    },
  });
  await expect(readManifest(broken, 'jsonl').next()).rejects.toThrow('disk gone');
});
