// The frame that the console draws is the one that the stand-in makes: one reading of the API's page, not two.
import { frameOf as made } from '@outpaint/sandbox/picture/frame-of';
import { OUTPUT_RATIOS } from '@outpaint/shared/contract/parameters';
import { expect, test } from 'vitest';
import { frameOf as drawn } from '../../apps/console/src/parts/frame-of.ts';

const SIZES = [
  { width: 1200, height: 900 },
  { width: 641, height: 1103 },
];
const NOTHING = {
  angle: 0,
  output_ratio: '' as const,
  x_scale: 1,
  y_scale: 1,
  top_offset: 0,
  bottom_offset: 0,
  left_offset: 0,
  right_offset: 0,
  best_quality: false,
  limit_image_size: true,
  add_watermark: true,
};
const WAYS = [
  ...OUTPUT_RATIOS.map((output_ratio) => ({ output_ratio })),
  { x_scale: 1.5 },
  { x_scale: 1.3, y_scale: 2.7 },
  { top_offset: 120, left_offset: 33 },
  { bottom_offset: 7, right_offset: 501 },
  { output_ratio: '16:9' as const, x_scale: 3, left_offset: 100 },
  { y_scale: 2, top_offset: 100 },
];

test('for every mode, turned or not, what is drawn is where the picture lies', () => {
  for (const size of SIZES)
    for (const way of WAYS)
      for (const angle of [0, 12, 90, 180, 345]) {
        const parameters = { ...NOTHING, ...way, angle };
        const expected = made(size, parameters);
        const frame = drawn(size, parameters);
        expect([parameters, frame.output, frame.turned, frame.left, frame.top]).toEqual([
          parameters,
          expected.output,
          expected.rotated,
          expected.padding.left,
          expected.padding.top,
        ]);
      }
});
