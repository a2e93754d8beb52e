// Pictures made small by the real codecs in a real thread: each format, and what is no picture.
import { crc32, deflateSync } from 'node:zlib';
import { createThumbnailMaker } from '@outpaint/producer/pictures/thumbnail-maker';
import { readImage } from '@outpaint/shared/download/read-image';
import { expect, onTestFinished, test } from 'vitest';

const chunk = (type: string, data: Buffer): Buffer => {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
};

/** Left half red, right half clear. */
const png = (width: number, height: number): Buffer => {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 6, 0, 0, 0], 8);
  const line = Buffer.alloc(1 + width * 4);
  for (let x = 0; x < width / 2; x += 1) line.set([255, 0, 0, 255], 1 + x * 4);
  const data = deflateSync(Buffer.concat(Array.from({ length: height }, () => line)));
  const signature = Buffer.from('89504e470d0a1a0a', 'hex');
  return Buffer.concat([signature, chunk('IHDR', head), chunk('IDAT', data), chunk('IEND', Buffer.alloc(0))]);
};
const WEBP = Buffer.from('UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA', 'base64');

test('PNG, JPEG and WebP become small JPEGs; what cannot be read is refused, and the next is made all the same', async () => {
  const maker = createThumbnailMaker();
  onTestFinished(() => maker.close());
  const small = Buffer.from(await maker.make({ bytes: png(1_000, 500), format: 'png', sideMax: 400 }));
  expect(readImage(small)).toMatchObject({ format: 'jpeg', width: 400, height: 200 });
  const smaller = Buffer.from(await maker.make({ bytes: small, format: 'jpeg', sideMax: 100 }));
  expect(readImage(smaller)).toMatchObject({ format: 'jpeg', width: 100, height: 50 });
  const both = await Promise.allSettled([
    maker.make({ bytes: Buffer.from('no picture'), format: 'jpeg', sideMax: 100 }),
    maker.make({ bytes: png(10, 10).subarray(0, 60), format: 'png', sideMax: 100 }),
    maker.make({ bytes: WEBP, format: 'webp', sideMax: 100 }),
  ]);
  expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled']);
});
