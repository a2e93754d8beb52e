// The rows of a manifest become requests of one batch, and what is there twice is found.
import { Readable } from 'node:stream';
import { asBatchName } from '@outpaint/shared/contract/ids';
import { parseMoney } from '@outpaint/shared/contract/money';
import { sentenceOf } from '@outpaint/shared/contract/problem';
import { expect, test } from 'vitest';
import { checkRows } from './check-rows.ts';
import { manifestFormatOf } from './manifest-format.ts';
import { readManifest } from './read-manifest.ts';
import { SeenNames } from './seen-names.ts';
import { summariseRows } from './summarise-rows.ts';

const check = (csv: string) => checkRows(readManifest(Readable.from([csv]), 'csv'), { batch: asBatchName('spring') });
const listed = async (csv: string) => {
  const rows: unknown[] = [];
  for await (const row of check(csv))
    rows.push([row.line, row.ok ? row.request.custom_id : row.problems.map(sentenceOf)]);
  return rows;
};

test('a name that stands there twice is refused with the line of the first', async () => {
  expect(await listed('custom_id,source,angle\na,http://s/1,5\nb,http://s/2,5\na,http://s/1,5\n')).toEqual([
    [2, 'a'],
    [3, 'b'],
    [4, ['custom_id "a" is on line 2 already. Remove one of the two rows.']],
  ]);
});

test('an output key that stands there twice is refused, also when one of the two is a default', async () => {
  expect(
    await listed(
      'custom_id,source,angle,output_key\na,http://s/1,5,k.jpg\nb,http://s/2,5,k.jpg\nc,http://s/3,5,spring/d.jpg\nd,http://s/4,5,\n',
    ),
  ).toEqual([
    [2, 'a'],
    [3, ['output_key "k.jpg" is on line 2 already. Remove one of the two rows.']],
    [4, 'c'],
    [5, ['output_key "spring/d.jpg" is on line 4 already. Remove one of the two rows.']],
  ]);
});

test('a refused row names everything that is wrong with it', async () => {
  expect(await listed('custom_id,source,angle,x_scale,batch\na,ftp://s,400,9,autumn\n')).toEqual([
    [
      2,
      [
        expect.stringMatching(/^batch/),
        expect.stringMatching(/^source/),
        expect.stringMatching(/^parameters.angle/),
        expect.stringMatching(/^parameters.x_scale/),
      ],
    ],
  ]);
});

test('a thousand names are remembered with their lines, through every growth of the table', () => {
  const seen = new SeenNames();
  for (let i = 1; i <= 5000; i++) expect(seen.see(`sku-${i}`, i)).toBeNull();
  for (let i = 1; i <= 5000; i++) expect(seen.see(`sku-${i}`, 9_999)).toBe(i);
});

test('the summary counts rows, ignored parameters, watermarks and money', async () => {
  const csv = `custom_id,source,output_ratio,x_scale,add_watermark,angle
a,http://s/1,4:3,2,,
b,http://s/2,4:3,2,false,
c,http://s/3,,,,5
d,http://s/4,,,,90
e,,4:3,,,
`;
  const summary = await summariseRows(check(csv), { pricePerImage: parseMoney('0.18') });
  expect(summary).toMatchObject({
    rows: 5,
    accepted: 3,
    refused: 2,
    modes: { ratio: 2, rotate: 1, scale: 0, offsets: 0 },
    watermark: { on: 2, off: 1 },
    price: parseMoney('0.54'),
    warnings: [
      {
        message: 'parameters.x_scale has no effect, because output_ratio takes precedence; it is not sent',
        rows: 2,
        firstLine: 2,
      },
    ],
  });
  expect(summary.problems.map(({ line }) => line)).toEqual([5, 6]);
  expect(summary.problems[0]?.sentences[0]).toContain('A quarter turn extends nothing');
});

test.each([
  ['a.csv', undefined, 'csv'],
  ['dir.v2/A.CSV', undefined, 'csv'],
  ['a.jsonl', undefined, 'jsonl'],
  ['a.ndjson', undefined, 'jsonl'],
  ['-', 'csv', 'csv'],
  ['a.csv', 'jsonl', 'jsonl'],
] as const)('%s with --format %s is %s', (path, given, format) => {
  expect(manifestFormatOf(path, given)).toBe(format);
});

test.each([
  ['-', undefined],
  ['a.xlsx', undefined],
  ['csv', undefined],
  ['a.csv', 'xml'],
] as const)('%s with --format %s is no format', (path, given) => {
  expect(() => manifestFormatOf(path, given)).toThrow(expect.objectContaining({ code: 'manifest_format_unknown' }));
});
