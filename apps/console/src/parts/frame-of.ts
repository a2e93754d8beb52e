// Where the picture lies in the one that was asked for: the frame as the console draws it. Pure.
import { effectiveParameters } from '@outpaint/shared/contract/modes';
import type { Parameters } from '@outpaint/shared/contract/parameters';

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Frame {
  /** Of the picture that was asked for, in pixels of the one that is there. */
  readonly output: Size;
  /** Where the bounding box of the turned picture begins in it. */
  readonly left: number;
  readonly top: number;
  readonly turned: Size;
  readonly angle: number;
}

const turnedSize = ({ width, height }: Size, angle: number): Size => {
  if (angle % 90 === 0) return angle % 180 === 0 ? { width, height } : { width: height, height: width };
  const [cos, sin] = [Math.abs(Math.cos((angle * Math.PI) / 180)), Math.abs(Math.sin((angle * Math.PI) / 180))];
  return { width: Math.round(width * cos + height * sin), height: Math.round(width * sin + height * cos) };
};

const toRatio = ({ width, height }: Size, ratio: string): Size => {
  const [across = 1, down = 1] = ratio.split(':').map(Number);
  return width * down < height * across
    ? { width: Math.round((height * across) / down), height }
    : { width, height: Math.round((width * down) / across) };
};

/** The API documents the order and no formula: ratio and scales are taken to add the same on both sides. */
export const frameOf = (input: Size, parameters: Parameters): Frame => {
  const { mode, sent } = effectiveParameters(parameters);
  const angle = sent.angle ?? 0;
  const turned = turnedSize(input, angle);
  if (mode === 'offsets') {
    const { top_offset: top = 0, bottom_offset: bottom = 0, left_offset: left = 0, right_offset: right = 0 } = sent;
    const output = { width: turned.width + left + right, height: turned.height + top + bottom };
    return { output, left, top, turned, angle };
  }
  const output =
    mode === 'ratio'
      ? toRatio(turned, sent.output_ratio ?? '')
      : mode === 'scale'
        ? {
            width: Math.round(turned.width * (sent.x_scale ?? 1)),
            height: Math.round(turned.height * (sent.y_scale ?? 1)),
          }
        : turned;
  return {
    output,
    left: Math.floor((output.width - turned.width) / 2),
    top: Math.floor((output.height - turned.height) / 2),
    turned,
    angle,
  };
};
