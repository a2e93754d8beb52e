// A file of bad rows reads as the manifest did: what is mended is run, what is not is found again.
import { Readable } from 'node:stream';
import { asBatchName } from '@outpaint/shared/contract/ids';
import { expect, test } from 'vitest';
import { badRowsHeader, badRowText } from './bad-row-text.ts';
import { badRowsPathOf } from './bad-rows-file.ts';
import { checkRows } from './check-rows.ts';
import type { ManifestFormat } from './manifest-format.ts';
import { readManifest } from './read-manifest.ts';
import { readShape } from './row-shape.ts';

const batch = asBatchName('spring');
const badIn = async (content: string, format: ManifestFormat, map: string[] = []): Promise<string> => {
  const manifest = readManifest(Readable.from([content]), format, { shape: readShape(map, []) });
  let text = '';
  for await (const row of checkRows(manifest, { batch })) {
    if (row.ok) continue;
    if (text === '') text = badRowsHeader(row, format);
    text += badRowText(row, format);
  }
  return text;
};

test('a bad CSV row comes back with its own cells and one column more, also when it has too many or too few', async () => {
  const csv =
    'custom_id,source,angle\na,"ftp://x,""y""\nz",5\nb,https://c/1.jpg\nc,https://c/1.jpg,5,extra\nd,https://c/4.jpg,5\n';
  const bad = await badIn(csv, 'csv');
  const lines = bad.split('\n');
  expect(lines[0]).toBe('outpaint_error,custom_id,source,angle');
  expect(bad).toContain(',a,"ftp://x,""y""\nz",5\n');
  expect(bad).toMatch(/^"line 4: row has 2 fields, .*",b,https:\/\/c\/1\.jpg$/m);
  expect(bad).toMatch(/^"line 5: row has 4 fields, .*",c,https:\/\/c\/1\.jpg,5,extra$/m);
  expect(bad).not.toContain('/4.jpg');
  // Unmended, the same rows are bad again, and the new column is not there twice.
  const again = await badIn(bad, 'csv');
  expect(again.split('\n')[0]).toBe(lines[0]);
  expect(again.match(/line \d+: /g)).toHaveLength(3);
  // Mended, nothing is.
  const mended = bad
    .replace('"ftp://x,""y""\nz"', 'https://c/0.jpg')
    .replace('/1.jpg\n', '/1.jpg,5\n')
    .replace(',extra', '');
  expect(await badIn(mended, 'csv')).toBe('');
});

test('with a mapping the columns are those of the feed', async () => {
  const map = ['custom_id=id', 'source=image_link', 'angle=turn'];
  const feed = 'id\ttitle\timage_link\tturn\na\t"say ""x"""\tnonsense\t5\n';
  const bad = await badIn(feed, 'tsv', map);
  expect(bad.split('\n')[0]).toBe('outpaint_error\tid\ttitle\timage_link\tturn');
  expect(await badIn(bad, 'tsv', map)).toMatch(/line 2: source must be/);
  expect(await badIn(bad.replaceAll('nonsense', 'https://c/1.jpg'), 'tsv', map)).toBe('');
});

test('a bad JSONL row comes back as its object, and what is no JSON as text', async () => {
  const jsonl = '{"custom_id":"a","source":"x","parameters":{"x_scale":2}}\n{"custom_id":"b",}\n';
  const bad = (await badIn(jsonl, 'jsonl'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as object);
  expect(bad).toEqual([
    {
      outpaint_error: expect.stringContaining('line 1: source must be'),
      custom_id: 'a',
      source: 'x',
      parameters: { x_scale: 2 },
    },
    { outpaint_error: expect.stringContaining('line 2: row is not valid JSON'), outpaint_text: '{"custom_id":"b",}' },
  ]);
  expect(await badIn(JSON.stringify({ ...bad[0], source: 'https://c/1.jpg' }), 'jsonl')).toBe('');
});

test.each([
  ['feed.csv', 'feed.bad.csv'],
  ['in/feed.v2.jsonl.gz', 'in/feed.v2.bad.jsonl'],
  ['a.b/feed', 'a.b/feed.bad'],
])('beside %s lies %s', (manifest, path) => {
  expect(badRowsPathOf(manifest)).toBe(path);
});
