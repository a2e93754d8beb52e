// A CSV manifest is read as RFC 4180 says, and whatever is wrong is named with the line where it stands.
import { Readable } from 'node:stream';
import { sentenceOf } from '@outpaint/shared/contract/problem';
import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import { ROW_CHARS_MAX } from './manifest-row.ts';
import { readCsvRecords } from './read-csv-records.ts';
import { readManifest } from './read-manifest.ts';

const bytesOf = (content: string | Uint8Array) =>
  typeof content === 'string' ? Buffer.from(content) : Buffer.from(content);
/** Every chunk size must give the same rows: one byte at a time splits characters, quotes and line breaks. */
const chunked = (content: string | Uint8Array, size: number) => {
  const bytes = bytesOf(content);
  return Readable.from(
    Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size)),
  );
};
const readIn = async (content: string | Uint8Array, size: number) => {
  const rows: (readonly [number, unknown])[] = [];
  for await (const row of readManifest(chunked(content, size), 'csv')) {
    rows.push(row.ok ? [row.line, row.value] : [row.line, sentenceOf(row.problem)]);
  }
  return rows;
};
const read = async (content: string | Uint8Array) => {
  const whole = await readIn(content, 1 << 20);
  for (const size of [1, 2, 7]) expect(await readIn(content, size), `in chunks of ${size}`).toEqual(whole);
  return whole;
};
const row = (line: number, custom_id: string, parameters: object = {}, source = 's'): unknown => [
  line,
  { custom_id, source, parameters },
];

test('columns may stand in any order, and each parameter has one', async () => {
  const content = `angle,source,add_watermark,custom_id,x_scale,output_ratio,output_key
5,s,false,a,1.5,,k/a.jpg
,s,TRUE,b,,16:9,
 7 ,s,0,c,2,,
`;
  expect(await read(content)).toEqual([
    [
      2,
      {
        source: 's',
        custom_id: 'a',
        output_key: 'k/a.jpg',
        parameters: { angle: 5, add_watermark: false, x_scale: 1.5 },
      },
    ],
    [3, { source: 's', custom_id: 'b', parameters: { add_watermark: true, output_ratio: '16:9' } }],
    [4, { source: 's', custom_id: 'c', parameters: { angle: 7, add_watermark: false, x_scale: 2 } }],
  ]);
});

test('quotes, commas and line breaks may stand in a field, and a line number is where its row starts', async () => {
  expect(await read('custom_id,source\r\n"a ""1"", x",s\r\n"b\r\n\r\nb",s\r\nc,s\r\n\r\n\nd,s')).toEqual([
    row(2, 'a "1", x'),
    row(3, 'b\r\n\r\nb'),
    row(6, 'c'),
    row(9, 'd'),
  ]);
});

test('a byte order mark, Chinese names and line breaks of three kinds are read', async () => {
  expect(await read('\uFEFFcustom_id,source\r货号,s\n红😀,s\r\n')).toEqual([row(2, '货号'), row(3, '红😀')]);
});

test('a cell that is no number or switch stays text, so that the check of the request names it', async () => {
  expect(await read('custom_id,source,angle,best_quality,v\na,s,5°,yes,one\nb,s,1e2,1,1\n')).toEqual([
    [2, { custom_id: 'a', source: 's', v: 'one', parameters: { angle: '5°', best_quality: 'yes' } }],
    [3, { custom_id: 'b', source: 's', v: 1, parameters: { angle: '1e2', best_quality: true } }],
  ]);
});

test('rows without any content are left out', async () => {
  expect(await read('custom_id,source\n,\n\na,s\n"",""\n')).toEqual([row(4, 'a')]);
});

test.each([
  ['', [1, 'row is missing: the file is empty. The first line names the columns.']],
  ['\n\n', [1, 'row is missing: the file is empty. The first line names the columns.']],
  ['custom_id,sorce\na,s', [1, 'column sorce is not known. Did you mean column source?']],
  ['custom_id,prio,source\na,1,s', [1, 'column prio is not known. Leave it out.']],
  ['custom_id\na', [1, 'header has no column source. Every row needs one.']],
  ['custom_id,source,source\na,s,s', [1, 'header names the column source twice.']],
  ['custom_id,source,\na,s,', [1, 'header has no name for column 3. Name it or remove it.']],
  [
    'custom_id;source\na;s',
    [1, 'header has one column only. Separate the columns by commas, not by semicolons or tabs.'],
  ],
])('the header of %j ends the reading with a sentence', async (content, first) => {
  expect((await read(content))[0]).toEqual(first);
  expect((await read(content)).every(([line]) => line === 1)).toBe(true);
});

test('a broken row costs itself only, and the rows after it keep their line numbers', async () => {
  const content = 'custom_id,source\na,s,x\nb\n"c"x,s\nd"d,s\ne,"s\nf,s\ng,s\n';
  expect(await read(content)).toEqual([
    [
      2,
      'row has 3 fields, and the header names 2 columns. A field that holds a comma or a line break must stand in quotes.',
    ],
    [
      3,
      'row has 1 fields, and the header names 2 columns. A field that holds a comma or a line break must stand in quotes.',
    ],
    [4, 'row has text between a closing quote and the next comma. Double a quote that belongs to the text: "".'],
    [5, 'row has a quote inside a field that does not begin with one. Double a quote that belongs to the text: "".'],
    [6, 'row has a quote that is never closed. Double a quote that belongs to the text: "".'],
    row(7, 'f'),
    row(8, 'g'),
  ]);
});

test('bytes that are not UTF-8 are named with their line', async () => {
  const gbk = Buffer.concat([
    Buffer.from('custom_id,source\na,s\n'),
    Buffer.from([0xba, 0xec]),
    Buffer.from(',s\nb,s\n'),
  ]);
  expect(await read(gbk)).toEqual([
    row(2, 'a'),
    [3, 'row holds bytes that are not UTF-8. Save the file as UTF-8 (in Excel: "CSV UTF-8").'],
    row(4, 'b'),
  ]);
});

test('a file in UTF-16 is refused at its first line', async () => {
  const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('custom_id,source\na,s\n', 'utf16le')]);
  expect(await read(utf16)).toEqual([[1, expect.stringContaining('UTF-8')]]);
});

test('a row beyond the bound is named and skipped, quoted or not, and reading goes on behind it', async () => {
  const long = 'x'.repeat(ROW_CHARS_MAX + 1);
  for (const field of [long, `"${long}"`]) {
    expect(await readIn(`custom_id,source\n${field},s\nb,s\n`, 10_000)).toEqual([
      [2, `row is longer than ${ROW_CHARS_MAX} characters.`],
      row(3, 'b'),
    ]);
  }
});

test('a quote that is never closed does not swallow a long file', async () => {
  const rows = await readIn(`custom_id,source\n"a,s\n${'b,s\n'.repeat(50_000)}`, 65_536);
  expect(rows).toHaveLength(50_001);
  expect(rows.at(-1)).toEqual(row(50_002, 'b'));
});

test('on well-formed files it agrees with csv-parse, whatever stands in the fields', async () => {
  let state = 42;
  const random = (below: number) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
  const pieces = ['a', ',', '"', '\n', '\r\n', ' ', '红', '""', 'x y'];
  for (let round = 0; round < 200; round++) {
    const records = Array.from({ length: 1 + random(5) }, () =>
      Array.from(
        { length: 3 },
        () => `${Array.from({ length: random(4) }, () => pieces[random(pieces.length)]).join('')}z`,
      ),
    );
    const content = records
      .map((fields) => fields.map((f) => (/[",\r\n]/.test(f) ? `"${f.replaceAll('"', '""')}"` : f)).join(','))
      .join('\r\n');
    const ours: unknown[] = [];
    for await (const record of readCsvRecords(chunked(content, 1 + random(20)).setEncoding('utf8')))
      ours.push(record.kind === 'record' && record.fields);
    expect(ours).toEqual(parse(content, { record_delimiter: '\r\n' }));
    expect(ours).toEqual(records);
  }
});
