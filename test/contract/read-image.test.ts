// What a picture's own bytes say about it, and what is refused although it looks like one.
import { readImage } from '@outpaint/shared/download/read-image';
import { expect, test } from 'vitest';
import { hex, jpeg, png, segment, webp } from '../support/image-bytes.ts';

const code = (expected: string) => expect.objectContaining({ code: expected });

test('format and size are read from JPEG, PNG and WebP bytes', () => {
  expect(readImage(jpeg(4096, 1))).toMatchObject({ format: 'jpeg', width: 4096, height: 1 });
  expect(readImage(png(12288, 2))).toEqual({ format: 'png', contentType: 'image/png', width: 12288, height: 2 });
  expect(readImage(webp(300, 200))).toMatchObject({ format: 'webp', width: 300, height: 200 });
});

test('bytes after the end of a picture do no harm', () => {
  expect(readImage(Buffer.concat([jpeg(9, 8), Buffer.alloc(100)]))).toMatchObject({ width: 9, height: 8 });
  expect(readImage(Buffer.concat([png(9, 8), Buffer.alloc(100)]))).toMatchObject({ width: 9, height: 8 });
});

test('a picture without its end is truncated, wherever it was cut', () => {
  for (const whole of [jpeg(9, 8), png(9, 8), webp(9, 8)]) {
    for (let length = 13; length < whole.length; length += 1) {
      expect(() => readImage(whole.subarray(0, length)), `${length}`).toThrow(code('result_truncated'));
    }
  }
});

test('the end marker of an embedded preview is not the end of the picture', () => {
  const preview = segment(0xe1, Buffer.concat([Buffer.from('Exif\0\0'), jpeg(2, 2)]));
  const withPreview = Buffer.concat([hex('ffd8'), preview, jpeg(9, 8).subarray(2)]);
  expect(readImage(withPreview)).toMatchObject({ width: 9, height: 8 });
  expect(() => readImage(withPreview.subarray(0, -2))).toThrow(code('result_truncated'));
});

test('sizes that no result can have are refused', () => {
  for (const bytes of [jpeg(0, 8), jpeg(8, 0), jpeg(65_535, 8), png(0xffffffff, 8), webp(16_777_216, 8)]) {
    expect(() => readImage(bytes)).toThrow(code('result_not_an_image'));
  }
});

test('bytes made to be slow to read are refused, not searched without bound', () => {
  const headless = Buffer.concat([hex('ffd8ff'), Buffer.alloc(16 * 1024 * 1024)]);
  const sizeless = Buffer.concat([
    hex('ffd8'),
    segment(0xe0, Buffer.alloc(60_000)),
    hex('ffda0002'),
    Buffer.alloc(16 * 1024 * 1024),
    hex('ffd9'),
  ]);
  for (const bytes of [headless, sizeless]) expect(() => readImage(bytes)).toThrow();
});
