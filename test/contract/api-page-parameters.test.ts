// The API page's tables of modes, suggestions and combinations, row by row: what we would send for each.
import { parseRequest } from '@outpaint/shared/contract/request';
import { expect, test } from 'vitest';

const parse = (parameters: Record<string, unknown>) =>
  parseRequest({ source: 'https://example.com/a.jpg', parameters }, { randomCustomId: () => 'row' });

const SWITCHES = { best_quality: false, limit_image_size: true, add_watermark: true };

/** What is sent beside the three switches, and the names that a warning says are ignored. */
const effectOf = (parameters: Record<string, unknown>) => {
  const parsed = parse(parameters);
  if (!parsed.ok) throw new Error(`refused: ${JSON.stringify(parsed.problems)}`);
  const { best_quality, limit_image_size, add_watermark, ...sent } = parsed.request.parameters;
  expect({ best_quality, limit_image_size, add_watermark }).toEqual(SWITCHES);
  return { sent, ignored: parsed.warnings.map(({ field }) => field.replace('parameters.', '')) };
};
const sends = (parameters: Record<string, unknown>, sent: Record<string, unknown>, ignored: string[] = []) =>
  expect(effectOf(parameters)).toEqual({ sent, ignored });
const refused = (parameters: Record<string, unknown>) => {
  const parsed = parse(parameters);
  return parsed.ok ? [] : parsed.problems.map(({ field }) => field);
};

const RATIO = { output_ratio: '4:3' };
const SCALES = { x_scale: 2, y_scale: 1.5 };
const OFFSETS = { left_offset: 100, right_offset: 200, top_offset: 300, bottom_offset: 400 };

test('modes, row 1: rotate, angle: goes with every mode below', () => {
  for (const mode of [RATIO, SCALES, OFFSETS]) sends({ angle: 30, ...mode }, { angle: 30, ...mode });
});

test('modes, row 2: priority 1, output_ratio: beats all scales and offsets', () => {
  sends({ ...RATIO, ...SCALES, ...OFFSETS }, RATIO, [
    'x_scale',
    'y_scale',
    'top_offset',
    'bottom_offset',
    'left_offset',
    'right_offset',
  ]);
});

test('modes, row 3: priority 2, x_scale and y_scale: beat all offsets', () => {
  sends({ ...SCALES, ...OFFSETS }, SCALES, ['top_offset', 'bottom_offset', 'left_offset', 'right_offset']);
});

test('modes, row 4: priority 3, left_offset, right_offset, top_offset, bottom_offset: each on its own and together', () => {
  sends(OFFSETS, OFFSETS);
  for (const [name, pixels] of Object.entries(OFFSETS)) sends({ [name]: pixels }, { [name]: pixels });
});

test('suggestion 1: by ratio only: output_ratio not empty', () => {
  for (const output_ratio of ['1:1', '3:4', '4:3', '9:16', '16:9']) sends({ output_ratio }, { output_ratio });
  expect(refused({ output_ratio: '' })).toEqual(['parameters']);
});

test('suggestion 2: by scale only: x_scale and y_scale, at least one above 1.0', () => {
  sends({ x_scale: 1.0, y_scale: 2.0 }, { y_scale: 2 });
  sends({ x_scale: 3.0, y_scale: 1.0 }, { x_scale: 3 });
  expect(refused({ x_scale: 1.0, y_scale: 1.0 })).toEqual(['parameters']);
});

test('suggestion 3: by pixels only: the four offsets, at least one above 0', () => {
  sends({ left_offset: 0, right_offset: 0, top_offset: 1, bottom_offset: 0 }, { top_offset: 1 });
  expect(refused({ left_offset: 0, right_offset: 0, top_offset: 0, bottom_offset: 0 })).toEqual(['parameters']);
});

test('suggestion 4: rotate only: angle from 1 to 359, and not 90, 180 or 270', () => {
  for (const angle of [1, 45, 89, 91, 359]) sends({ angle }, { angle });
  for (const angle of [90, 180, 270]) expect(refused({ angle })).toEqual(['parameters.angle']);
  expect(refused({ angle: 0 })).toEqual(['parameters']);
  expect(refused({ angle: 360 })).toEqual(['parameters.angle']);
});

test('suggestion 5: rotate, then extend: angle with any mode, a quarter turn too', () => {
  for (const mode of [RATIO, SCALES, OFFSETS]) {
    for (const angle of [90, 180, 270, 359]) sends({ angle, ...mode }, { angle, ...mode });
  }
});

test('combination 1: output_ratio="4:3", x_scale=2.0: output_ratio takes effect', () => {
  sends({ output_ratio: '4:3', x_scale: 2.0 }, { output_ratio: '4:3' }, ['x_scale']);
});

test('combination 2: x_scale=2.0, left_offset=100: x_scale takes effect', () => {
  sends({ x_scale: 2.0, left_offset: 100 }, { x_scale: 2 }, ['left_offset']);
});

test('combination 3: angle=90, x_scale=2.0: angle and x_scale take effect', () => {
  sends({ angle: 90, x_scale: 2.0 }, { angle: 90, x_scale: 2 });
});

test('combination 4: angle=90, output_ratio="4:3", x_scale=2.0, left_offset=100: angle and output_ratio take effect', () => {
  sends({ angle: 90, output_ratio: '4:3', x_scale: 2.0, left_offset: 100 }, { angle: 90, output_ratio: '4:3' }, [
    'x_scale',
    'left_offset',
  ]);
});

test('question 2: with output_ratio set no scale is computed or sent; leaving it out lets the scales act', () => {
  sends({ output_ratio: '1:1', y_scale: 1.5 }, { output_ratio: '1:1' }, ['y_scale']);
  sends({ output_ratio: '', y_scale: 1.5 }, { y_scale: 1.5 });
});

test('two offsets of one axis that no picture allows are refused before anything is paid', () => {
  expect(refused({ left_offset: 12_000, right_offset: 288 })).toEqual(['parameters.left_offset']);
  sends({ left_offset: 12_000, right_offset: 287 }, { left_offset: 12_000, right_offset: 287 });
});
