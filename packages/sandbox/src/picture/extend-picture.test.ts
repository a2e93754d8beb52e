// An extended picture still holds the old one in its place, and its new border continues it.
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { drawCatalogPicture } from './draw-catalog-picture.ts';
import { EXPANSION_DEFAULTS, type ExpansionParameters } from './expansion-parameters.ts';
import { extendPicture } from './extend-picture.ts';

const WIDTH = 200;
const HEIGHT = 160;
const extend = async (bytes: Buffer, changed: Partial<ExpansionParameters>) =>
  extendPicture(bytes, { ...EXPANSION_DEFAULTS, add_watermark: false, ...changed });

interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Mean difference of two boxes of the same size, 0 to 255 for each channel. */
async function difference(a: Buffer, boxA: Box, b: Buffer, boxB: Box): Promise<number> {
  const [one, two] = await Promise.all(
    [sharp(a).extract(boxA), sharp(b).extract(boxB)].map((part) => part.removeAlpha().raw().toBuffer()),
  );
  if (one === undefined || two === undefined || one.length !== two.length) return Number.POSITIVE_INFINITY;
  return one.reduce((sum, value, at) => sum + Math.abs(value - (two[at] ?? 0)), 0) / one.length;
}

/** The old picture without the few pixels at its rim that fade into the border. */
const inner: Box = { left: 20, top: 20, width: WIDTH - 40, height: HEIGHT - 40 };

describe('extendPicture', () => {
  test.each([
    [{ x_scale: 2, y_scale: 1.5 }, 100, 40],
    [{ left_offset: 30, top_offset: 70 }, 30, 70],
    [{ output_ratio: '16:9' as const }, 42, 0],
  ])('leaves the old picture where the frame of %j puts it', async (parameters, left, top) => {
    const old = await drawCatalogPicture('shoe', { width: WIDTH, height: HEIGHT });
    const extended = await extend(old, parameters);
    const there = { ...inner, left: inner.left + left, top: inner.top + top };
    expect(await difference(old, inner, extended, there)).toBeLessThan(4);
    // The same place without the shift is another part of the picture, so the measure can tell.
    expect(await difference(old, inner, extended, inner)).toBeGreaterThan(4);
  });

  test('turns counter-clockwise', async () => {
    const old = await drawCatalogPicture('shoe', { width: WIDTH, height: HEIGHT });
    const turned = await sharp(old).rotate(-90).jpeg({ quality: 95 }).toBuffer();
    const extended = await extend(old, { angle: 90, right_offset: 50 });
    const box = { left: 20, top: 20, width: HEIGHT - 40, height: WIDTH - 40 };
    expect(await difference(turned, box, extended, box)).toBeLessThan(4);
  });

  test('continues the colour of the edge into the border', async () => {
    const halves = await sharp({ create: { width: WIDTH, height: HEIGHT, channels: 3, background: '#c02020' } })
      .extend({ bottom: HEIGHT, background: '#2020c0' })
      .png()
      .toBuffer();
    const extended = await extend(halves, { right_offset: 100 });
    const colourAt = async (top: number) => {
      const corner = { left: WIDTH + 80, top, width: 10, height: 10 };
      const { channels } = await sharp(await sharp(extended).extract(corner).png().toBuffer()).stats();
      return channels.map(({ mean }) => Math.round(mean));
    };
    const [redAbove = 0, , blueAbove = 0] = await colourAt(20);
    const [redBelow = 0, , blueBelow = 0] = await colourAt(2 * HEIGHT - 30);
    expect(redAbove - blueAbove).toBeGreaterThan(100);
    expect(blueBelow - redBelow).toBeGreaterThan(100);
  });

  test('leaves no empty corner when the picture is turned', async () => {
    const white = await sharp({ create: { width: WIDTH, height: HEIGHT, channels: 3, background: '#fff' } })
      .png()
      .toBuffer();
    const { channels } = await sharp(await extend(white, { angle: 30 })).stats();
    expect(Math.min(...channels.map(({ min }) => min))).toBeGreaterThan(245);
  });

  test('gives the same bytes for the same input', async () => {
    const old = await drawCatalogPicture('mug', { width: WIDTH, height: HEIGHT });
    expect(await extend(old, { angle: 12 })).toEqual(await extend(old, { angle: 12 }));
  });
});

describe('drawCatalogPicture', () => {
  test('draws the same picture for a name and another for another', async () => {
    const size = { width: 64, height: 64 };
    expect(await drawCatalogPicture('a', size)).toEqual(await drawCatalogPicture('a', size));
    expect(await drawCatalogPicture('a', size)).not.toEqual(await drawCatalogPicture('b', size));
  });
});
