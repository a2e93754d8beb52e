// A CSV manifest is read as RFC 4180 says, and whatever is wrong is named with the line where it stands.
import { Readable } from 'node:stream';
import { sentenceOf } from '@outpaint/shared/contract/problem';
import { expect, test } from 'vitest';
import { ROW_CHARS_MAX } from './manifest-row.ts';
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
  [
    'custom_id\na',
    [
      1,
      'header has no column source. Every row needs one. If another column holds it, say which: --map source=<column>.',
    ],
  ],
  ['custom_id,source,source\na,s,s', [1, 'header names the column source twice.']],
  ['custom_id,source,\na,s,', [1, 'header has no name for column 3. Name it or remove it.']],
  [
    'custom_id;source\na;s',
    [
      1,
      'header has one column only. Separate the columns by commas, or by tabs in a file that ends in .tsv; not by semicolons.',
    ],
  ],
])('the header of %j ends the reading with a sentence', async (content, first) => {
  expect((await read(content))[0]).toEqual(first);
  expect((await read(content)).every(([line]) => line === 1)).toBe(true);
});

test('a row with too many or too few fields costs itself only', async () => {
  const fields = (n: number) =>
    `row has ${n} fields, and the header names 2 columns. A field that holds a comma or a line break must stand in quotes.`;
  expect(await read('custom_id,source\na,s,x\nb\n"c\n",s,\nd,s\n')).toEqual([
    [2, fields(3)],
    [3, fields(1)],
    [4, fields(3)],
    row(6, 'd'),
  ]);
});

/** What ends the reading, and that it says so. */
const fault = (line: number, why: string): unknown => [
  line,
  `row ${why}. Double a quote that belongs to the text: "". Nothing after line ${line} can be told apart, so the rest of the file was not checked.`,
];
const TOO_LONG = `is longer than ${ROW_CHARS_MAX} characters; a quote in it may never have been closed`;

test.each([
  ['c"c,s\nd,s\n', 'has a quote inside a field that does not begin with one'],
  ['"c"x,s\nd,s\n', 'has text between a closing quote and the next comma'],
  ['"c\n\n" ,s\nd,s\n', 'has text between a closing quote and the next comma'],
  ['c,"s\nd,s\ne,s\n', 'has a quote that is never closed'],
  ['c,"s', 'has a quote that is never closed'],
  ['c,"', 'has a quote that is never closed'],
])('after the rows before it, %j ends the reading at the line where its row starts', async (content, why) => {
  expect(await read(`custom_id,source\r\na,s\r\n"b\r\nb",s,\r\n\r\n${content}`)).toEqual([
    row(2, 'a'),
    [3, expect.stringContaining('has 3 fields')],
    fault(6, why),
  ]);
});

test('a stray quote in the header is the only row', async () => {
  expect(await read('custom_id,"source"s\na,s\n')).toEqual([
    fault(1, 'has text between a closing quote and the next comma'),
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

test('a file in UTF-16 with quotes is refused for its encoding, not for its quotes', async () => {
  const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('"custom_id","source"\n"a","s"\n', 'utf16le')]);
  expect(await read(utf16)).toEqual([[1, expect.stringContaining('UTF-8')]]);
});

test('a row of the greatest length is read, in characters of any width', async () => {
  for (const character of ['x', '红']) {
    const name = character.repeat(ROW_CHARS_MAX - ',s\n'.length);
    expect(await readIn(`custom_id,source\n${name},s\nb,s\n`, 10_000)).toEqual([row(2, name), row(3, 'b')]);
  }
});

test.each([
  ['one character more', 'x'.repeat(ROW_CHARS_MAX - 2)],
  ['three bytes a character', '红'.repeat(ROW_CHARS_MAX)],
  ['a long field', 'x'.repeat(9 * ROW_CHARS_MAX)],
  ['a long field in quotes', `"${'x'.repeat(9 * ROW_CHARS_MAX)}"`],
  ['quotes only', '"'.repeat(9 * ROW_CHARS_MAX)],
  ['commas only', ','.repeat(9 * ROW_CHARS_MAX)],
])('a row beyond the bound (%s) ends the reading', async (_name, field) => {
  for (const size of [9_999, 1 << 20]) {
    expect(await readIn(`custom_id,source\na,s\n${field},s\nb,s\n`, size)).toEqual([row(2, 'a'), fault(3, TOO_LONG)]);
  }
});

test.each(['x', ',', '"",', '"'])('of an endless row of %j no more than a few chunks are taken', async (piece) => {
  let taken = 0;
  const endless = function* () {
    yield Buffer.from('custom_id,source\n"a');
    for (; taken < 100; taken++)
      yield Buffer.from(`${taken === 0 && piece !== 'x' ? '",' : ''}${piece.repeat(30_000)}`);
  };
  const rows: unknown[] = [];
  for await (const found of readManifest(Readable.from(endless(), { highWaterMark: 1 }), 'csv')) rows.push(found.line);
  expect(rows).toEqual([2]);
  expect(taken).toBeLessThan(20);
});

test('an error of the stream itself is thrown', async () => {
  const broken = new Readable({
    read() {
      this.destroy(new Error('disk gone'));
    },
  });
  await expect(readManifest(broken, 'csv').next()).rejects.toThrow('disk gone');
});

test('cut in two at any byte, a file gives the same rows', async () => {
  const bytes = Buffer.from('\uFEFFcustom_id,source\r\n"红""😀\r\n",s\r\n\r\n\n"",""\r\nb,"s"\rc,s\n"d"x,s\ne,s');
  const rows = await readIn(bytes, bytes.length);
  expect(rows).toEqual([
    row(2, '红"😀\r\n'),
    row(7, 'b'),
    row(8, 'c'),
    fault(9, 'has text between a closing quote and the next comma'),
  ]);
  for (let cut = 1; cut < bytes.length; cut++) {
    const halves: unknown[] = [];
    for await (const found of readManifest(Readable.from([bytes.subarray(0, cut), bytes.subarray(cut)]), 'csv')) {
      halves.push(found.ok ? [found.line, found.value] : [found.line, sentenceOf(found.problem)]);
    }
    expect(halves, `cut at byte ${cut}`).toEqual(rows);
  }
});

test('what is written as RFC 4180 says is read back, whatever stands in the fields, on its lines', async () => {
  let state = 42;
  const random = (below: number) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
  const pieces = ['a', ',', '"', '\n', '\r\n', '\r', ' ', '红', '""', 'x y'];
  const field = () => `${Array.from({ length: random(4) }, () => pieces[random(pieces.length)]).join('')}z`;
  const quoted = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  for (let round = 0; round < 200; round++) {
    let content = 'custom_id,source,output_key\r\n';
    const expected: unknown[] = [];
    for (let left = 1 + random(5); left > 0; left--) {
      const [custom_id, source, output_key] = [field(), field(), field()];
      // An editor's lines, in other words than the reader's: no break counts twice once CRLF is one character.
      const line = content.replaceAll('\r\n', '\n').split(/[\n\r]/).length;
      expected.push([line, { custom_id, source, output_key, parameters: {} }]);
      content += `${[custom_id, source, output_key].map(quoted).join(',')}\r\n`;
    }
    expect(await readIn(content, 1 + random(20))).toEqual(expected);
  }
});
