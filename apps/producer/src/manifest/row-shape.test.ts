// A feed of somebody else's goes in as it is: columns by a mapping, parameters by defaults, tabs as well as commas.
import { Readable } from 'node:stream';
import { sentenceOf } from '@outpaint/shared/contract/problem';
import { expect, test } from 'vitest';
import type { ManifestFormat } from './manifest-format.ts';
import { readManifest } from './read-manifest.ts';
import { readShape } from './row-shape.ts';

const read = async (content: string, format: ManifestFormat, map: string[], set: string[] = []) => {
  const rows: unknown[] = [];
  for await (const row of readManifest(Readable.from([content]), format, { shape: readShape(map, set) })) {
    rows.push(row.ok ? [row.line, row.value] : [row.line, sentenceOf(row.problem), row.endsReading === true]);
  }
  return rows;
};
const MAP = ['custom_id=id', 'source=image_link'];

test('a mapped CSV takes the columns that are named and leaves all others alone, also those with our names', async () => {
  const feed =
    'id,title,angle,image_link,price\nA-1,"Shoe, red",30,https://c/1.jpg,9 EUR\nA-2,Boot,,https://c/2.jpg,8 EUR\n';
  expect(await read(feed, 'csv', MAP, ['output_ratio=16:9', 'add_watermark=false'])).toEqual([
    [2, { custom_id: 'A-1', source: 'https://c/1.jpg', parameters: { output_ratio: '16:9', add_watermark: false } }],
    [3, { custom_id: 'A-2', source: 'https://c/2.jpg', parameters: { output_ratio: '16:9', add_watermark: false } }],
  ]);
});

test('one column may give two fields', async () => {
  const rows = await read('picture\nhttps://c/1.jpg\n', 'csv', ['custom_id=picture', 'source=picture']);
  expect(rows).toEqual([[2, { custom_id: 'https://c/1.jpg', source: 'https://c/1.jpg', parameters: {} }]]);
});

test('a mapped JSONL takes numbers as names, text as numbers, and null as left out', async () => {
  const feed = '{"id":7,"image_link":"s","turn":"5","ratio":null}\n{"id":"b","image_link":"t","turn":"","x":[]}\n';
  expect(await read(feed, 'jsonl', [...MAP, 'angle=turn', 'output_ratio=ratio'])).toEqual([
    [1, { custom_id: '7', source: 's', parameters: { angle: 5 } }],
    [2, { custom_id: 'b', source: 't', parameters: {} }],
  ]);
});

test('a column that is not there ends the reading, with the nearest name', async () => {
  expect(await read('id,Image link\na,s\n', 'csv', MAP)).toEqual([
    [1, 'header has no column image_link, which source is mapped to. Did you mean Image link?', true],
  ]);
  expect(await read('id,picture\na,s\n', 'csv', MAP)).toEqual([
    [1, 'header has no column image_link, which source is mapped to. There are id, picture.', true],
  ]);
  expect(await read('id,image_link,id\na,s,b\n', 'csv', MAP)).toEqual([[1, 'header names the column id twice.', true]]);
  expect(await read('{"id":"a","image_link":"s"}\n', 'jsonl', [...MAP, 'angle=anlge'])).toEqual([
    [1, { custom_id: 'a', source: 's', parameters: {} }],
    [1, 'row is the last, and none had anlge, which angle is mapped to. There are id, image_link.', true],
  ]);
});

test('a mapping without a name or a source is refused before any row', async () => {
  const refused =
    'header has nothing mapped to custom_id. Columns that --map does not name are left alone: add --map custom_id=<column>.';
  expect(await read('custom_id,image_link\na,s\n', 'csv', ['source=image_link'])).toEqual([[1, refused, true]]);
  expect(await read('{"custom_id":"a","image_link":"s"}\n', 'jsonl', ['source=image_link'])).toEqual([
    [1, refused, true],
  ]);
});

test("a cell beats a default, an empty one takes it, and a row's own mode takes no default of another", async () => {
  const csv = 'custom_id,source,output_ratio,x_scale,angle\na,s,,,\nb,s,1:1,,\nc,s,,2,\nd,s,,,5\n';
  const values = (await read(csv, 'csv', [], ['output_ratio=16:9', 'angle=3'])).map(
    (row) => (row as [number, { parameters: unknown }])[1].parameters,
  );
  expect(values).toEqual([
    { output_ratio: '16:9', angle: 3 },
    { output_ratio: '1:1', angle: 3 },
    { x_scale: 2, angle: 3 },
    { output_ratio: '16:9', angle: 5 },
  ]);
  const jsonl =
    '{"custom_id":"a","source":"s"}\n{"custom_id":"b","source":"s","parameters":{"y_scale":2}}\n{"custom_id":"c","source":"s","parameters":7}\n';
  expect(await read(jsonl, 'jsonl', [], ['x_scale=1.5'])).toEqual([
    [1, { custom_id: 'a', source: 's', parameters: { x_scale: 1.5 } }],
    [2, { custom_id: 'b', source: 's', parameters: { y_scale: 2, x_scale: 1.5 } }],
    [3, { custom_id: 'c', source: 's', parameters: 7 }],
  ]);
});

test('in a file of tabs inches do no harm, a quoted field is unpacked, and a line is always a row', async () => {
  const feed = 'id\ttitle\timage_link\r\na\t12" vinyl\ts\r\nb\t"say ""cheese"""\t"t"\r\nc\t"open\tu\r\nd\tx\r\n';
  expect(await read(feed, 'tsv', [...MAP, 'output_key=title'])).toEqual([
    [2, { custom_id: 'a', source: 's', output_key: '12" vinyl', parameters: {} }],
    [3, { custom_id: 'b', source: 't', output_key: 'say "cheese"', parameters: {} }],
    [4, { custom_id: 'c', source: 'u', output_key: '"open', parameters: {} }],
    [
      5,
      'row has 2 fields, and the header names 3 columns. In a file of tabs no field may hold a tab or a line break.',
      false,
    ],
  ]);
});

test.each([
  [['sourc=x'], [], '--map sourc is not known. Did you mean --map source?'],
  [['source=a', 'source=b'], [], '--map gives source twice.'],
  [['source'], [], '--map is written <ours>=<column of the file>, such as source=image_link, not "source".'],
  [['=x'], [], '--map is written'],
  [[], ['output_ration=16:9'], '--set output_ration is not known. Did you mean --set output_ratio?'],
  [
    [],
    ['output_ratio=16:10'],
    '--set output_ratio must be one of "", "1:1", "3:4", "4:3", "9:16", "16:9", not "16:10".',
  ],
  [[], ['x_scale=wide'], '--set x_scale must be a number from 1.0 to 3.0, not "wide".'],
  [[], ['angle=1', 'angle=2'], '--set gives angle twice.'],
  [[], ['source=x'], '--set source is not known.'],
] as const)('--map %j --set %j is refused', (map, set, message) => {
  expect(() => readShape(map, set)).toThrow(
    expect.objectContaining({ code: 'manifest_mapping_invalid', message: expect.stringContaining(message) }),
  );
});
