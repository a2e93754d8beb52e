// A source is judged by the API's documented limits alone, from its first bytes.
import { expect, test } from 'vitest';
import { judgePicture } from './judge-picture.ts';
import { outputSize } from './output-size.ts';
import { sampleRows } from './sample-rows.ts';

/** The head of a PNG, which says its size and nothing else. */
const png = (width: number, height: number): Buffer => {
  const head = Buffer.alloc(33);
  Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex').copy(head);
  head.writeUInt32BE(width, 16);
  head.writeUInt32BE(height, 20);
  return head;
};
const gif = Buffer.from('474946383961000400040000', 'hex');
const codes = (bytes: Buffer, parameters: object = { x_scale: 2 }, totalBytes: number | null = 1_000) =>
  judgePicture({ bytes, totalBytes }, parameters).map(({ code }) => code);

test.each([
  ['at the least side', png(512, 512), {}, 1_000, []],
  ['at the longest side', png(4096, 4096), {}, 1_000, []],
  ['a pixel too narrow', png(511, 900), {}, 1_000, ['side_out_of_bounds']],
  ['a pixel too tall', png(1100, 4097), {}, 1_000, ['side_out_of_bounds']],
  ['of the greatest length', png(900, 900), {}, 10_485_760, []],
  ['a byte too long', png(900, 900), {}, 10_485_761, ['too_large']],
  ['of unknown length', png(900, 900), {}, null, []],
  ['a GIF', gif, {}, 1_000, ['wrong_format']],
  ['a page', Buffer.from('<!doctype html><html></html>'), {}, 1_000, ['not_an_image']],
  ['nothing', Buffer.alloc(0), {}, 0, ['not_an_image']],
  ['a JPEG whose size lies further back', Buffer.from('ffd8ffe1ffff', 'hex'), {}, 1_000, ['size_unknown']],
  [
    'offsets of three times the side',
    png(600, 600),
    { left_offset: 900, right_offset: 900 },
    1_000,
    ['offsets_too_large'],
  ],
  ['offsets a pixel below', png(600, 600), { left_offset: 900, right_offset: 899 }, 1_000, []],
  ['an output of 1:4', png(600, 800), { y_scale: 3 }, 1_000, []],
  ['an output beyond 1:4', png(600, 801), { y_scale: 3 }, 1_000, ['output_aspect']],
  ['the same without the limit', png(600, 801), { y_scale: 3, limit_image_size: false }, 1_000, []],
  ['beyond 1:4 but turned', png(600, 900), { y_scale: 3, angle: 90 }, 1_000, []],
] as const)('%s', (_, bytes, parameters, totalBytes, expected) => {
  expect(codes(bytes, parameters, totalBytes)).toEqual(expected);
});

test('an output grows to its ratio on one side alone, by scales on both, by offsets in pixels', () => {
  const input = { width: 1_000, height: 1_000 };
  expect(outputSize(input, { output_ratio: '16:9' })).toEqual({ width: 1_778, height: 1_000 });
  expect(outputSize(input, { output_ratio: '3:4' })).toEqual({ width: 1_000, height: 1_333 });
  expect(outputSize(input, { x_scale: 1.5 })).toEqual({ width: 1_500, height: 1_000 });
  expect(outputSize(input, { top_offset: 10, left_offset: 5 })).toEqual({ width: 1_005, height: 1_010 });
  expect(outputSize(input, { angle: 45 })).toEqual({ width: 1_414, height: 1_414 });
});

test('a sample is of the wanted size, of good rows alone, and the last row has its chance', async () => {
  const rows = async function* () {
    for (let line = 1; line <= 100; line += 1) {
      if (line % 2 === 0) yield { line, ok: true, request: {}, warnings: [] } as never;
      else yield { line, ok: false, problems: [], text: '', origin: { text: '' }, endsReading: false } as never;
    }
  };
  const linesOf = async (size: number, chance: () => number) => {
    const sample = sampleRows(rows(), size, chance);
    for await (const _ of sample.rows);
    return sample.chosen().map(({ line }) => line);
  };
  expect(await linesOf(3, () => 0.999)).toEqual([2, 4, 6]);
  expect(await linesOf(3, () => 0)).toEqual([4, 6, 100]);
  expect(await linesOf(80, () => 0.5)).toHaveLength(50);
  expect(await linesOf(0, () => 0)).toEqual([]);
});
