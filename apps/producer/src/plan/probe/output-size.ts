// The size that an extended picture would have, as far as it can be told before: the API documents ranges and no formula. Pure.
import type { Parameters } from '@outpaint/shared/contract/parameters';

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** The bounding box of the picture after turning; quarter turns exactly. */
export const turned = ({ width, height }: Size, angle = 0): Size => {
  if (angle % 90 === 0) return angle % 180 === 0 ? { width, height } : { width: height, height: width };
  const radians = (angle * Math.PI) / 180;
  const [cos, sin] = [Math.abs(Math.cos(radians)), Math.abs(Math.sin(radians))];
  return { width: Math.round(width * cos + height * sin), height: Math.round(width * sin + height * cos) };
};

const grown = ({ width, height }: Size, ratio: string): Size => {
  const [across = 1, down = 1] = ratio.split(':').map(Number);
  return width * down < height * across
    ? { width: Math.round((height * across) / down), height }
    : { width, height: Math.round((width * down) / across) };
};

/** Before `limit_image_size` scales it down in proportion. `parameters` hold one mode only, as they are kept. */
export const outputSize = (input: Size, parameters: Parameters): Size => {
  const box = turned(input, parameters.angle);
  if (parameters.output_ratio !== undefined && parameters.output_ratio !== '')
    return grown(box, parameters.output_ratio);
  return {
    width:
      Math.round(box.width * (parameters.x_scale ?? 1)) +
      (parameters.left_offset ?? 0) +
      (parameters.right_offset ?? 0),
    height:
      Math.round(box.height * (parameters.y_scale ?? 1)) +
      (parameters.top_offset ?? 0) +
      (parameters.bottom_offset ?? 0),
  };
};
