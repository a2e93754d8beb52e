// The geometry of an extended picture, by the documented order and priority.
import { describe, expect, test } from 'vitest';
import { EXPANSION_DEFAULTS, type ExpansionParameters } from './expansion-parameters.ts';
import { frameOf } from './frame-of.ts';

const frame = (width: number, height: number, changed: Partial<ExpansionParameters>) =>
  frameOf({ width, height }, { ...EXPANSION_DEFAULTS, ...changed });

describe('frameOf', () => {
  test('a wider ratio adds to both sides and leaves the height', () => {
    const wide = frame(900, 900, { output_ratio: '16:9' });
    expect(wide.output).toEqual({ width: 1600, height: 900 });
    expect(wide.padding).toEqual({ top: 0, bottom: 0, left: 350, right: 350 });
  });

  test('a taller ratio adds above and below and leaves the width', () => {
    expect(frame(900, 900, { output_ratio: '9:16' }).output).toEqual({ width: 900, height: 1600 });
  });

  test('the scales multiply each side on its own, an odd pixel going right and down', () => {
    const scaled = frame(513, 1000, { x_scale: 2, y_scale: 1.5 });
    expect(scaled.output).toEqual({ width: 1026, height: 1500 });
    expect(scaled.padding).toEqual({ top: 250, bottom: 250, left: 256, right: 257 });
  });

  test('the offsets are pixels on their own side', () => {
    const moved = frame(600, 700, { left_offset: 10, bottom_offset: 30 });
    expect(moved.padding).toEqual({ top: 0, bottom: 30, left: 10, right: 0 });
    expect(moved.output).toEqual({ width: 610, height: 730 });
  });

  test('the ratio beats the scales and the scales beat the offsets', () => {
    expect(frame(900, 900, { output_ratio: '4:3', x_scale: 3, left_offset: 5 }).mode).toBe('ratio');
    expect(frame(900, 900, { output_ratio: '4:3', x_scale: 3 }).output).toEqual({ width: 1200, height: 900 });
    expect(frame(900, 900, { x_scale: 2, left_offset: 5 }).output).toEqual({ width: 1800, height: 900 });
  });

  test('the angle is applied first and combines with any mode', () => {
    expect(frame(600, 800, { angle: 90, x_scale: 2 }).output).toEqual({ width: 1600, height: 600 });
    expect(frame(1000, 1000, { angle: 45 }).rotated).toEqual({ width: 1414, height: 1414 });
    expect(frame(600, 800, { angle: 180 }).rotated).toEqual({ width: 600, height: 800 });
  });

  test.each([0, 90, 180, 270])('a turn by %i degrees alone extends nothing', (angle) => {
    expect(frame(600, 800, { angle }).extendsNothing).toBe(true);
  });

  test('a turn by 30 degrees alone extends the corners that it opens', () => {
    expect(frame(600, 800, { angle: 30 }).extendsNothing).toBe(false);
  });

  test('a ratio that the picture already has extends nothing', () => {
    expect(frame(800, 600, { output_ratio: '4:3' }).extendsNothing).toBe(true);
    expect(frame(600, 800, { output_ratio: '4:3', angle: 90 }).extendsNothing).toBe(true);
  });
});
