import { expect, it } from 'vitest';
import { scaleDown } from './scale-down.ts';

const pixels = (width: number, height: number, of: (x: number, y: number) => readonly number[]) => ({
  width,
  height,
  data: Uint8Array.from(Array.from({ length: width * height }, (_, i) => of(i % width, Math.floor(i / width))).flat()),
});

it('keeps the sides in proportion, and leaves a picture alone that is small enough', () => {
  const grey = (width: number, height: number) => pixels(width, height, () => [9, 9, 9, 255]);
  expect(scaleDown(grey(400, 100), 40)).toMatchObject({ width: 40, height: 10 });
  expect(scaleDown(grey(3, 300), 30)).toMatchObject({ width: 1, height: 30 });
  expect(scaleDown(grey(20, 10), 40)).toMatchObject({ width: 20, height: 10 });
});

it('takes the mean of what a pixel stands for, and white for what is clear', () => {
  const checks = pixels(4, 4, (x, y) => ((x + y) % 2 === 0 ? [255, 0, 0, 255] : [0, 0, 0, 0]));
  expect([...scaleDown(checks, 2).data.slice(0, 4)]).toEqual([255, 128, 128, 255]);
});

it('looks at every pixel where the sides do not divide evenly', () => {
  const last = pixels(7, 1, (x) => (x === 6 ? [255, 255, 255, 255] : [0, 0, 0, 255]));
  const small = scaleDown(last, 3).data;
  expect([small[0], small[4], (small[8] ?? 0) > 0]).toEqual([0, 0, true]);
});
