// Where the old picture lies in the new one: the geometry of angle, ratio, scales and offsets, as a best guess.
//
// The API documents the order (angle first; then output_ratio before x/y_scale before the offsets) and the ranges,
// but no formula. Guessed here: a turned picture grows to its bounding box, ratio and scales add the same amount on
// both sides, an odd pixel goes to the right or the bottom, and offsets are pixels of the input.
import type { ExpansionParameters } from './expansion-parameters.ts';

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Frame {
  /** Bounding box of the input after turning, in pixels. */
  readonly rotated: Size;
  /** New pixels on each side of that box. */
  readonly padding: { readonly top: number; readonly bottom: number; readonly left: number; readonly right: number };
  readonly output: Size;
  /** Which extension takes effect; the others are ignored without a word, as the API does. */
  readonly mode: ExtensionMode;
  /** True when no pixel is new, not even in the corners that turning opens: the task fails for it. */
  readonly extendsNothing: boolean;
}

export type ExtensionMode = 'ratio' | 'scale' | 'offset' | 'none';

/** The one mode that takes effect, by the documented priority. */
export function modeOf(parameters: ExpansionParameters): ExtensionMode {
  if (parameters.output_ratio !== '') return 'ratio';
  if (parameters.x_scale > 1 || parameters.y_scale > 1) return 'scale';
  const { top_offset, bottom_offset, left_offset, right_offset } = parameters;
  return top_offset + bottom_offset + left_offset + right_offset > 0 ? 'offset' : 'none';
}

/** True for a turn that opens no corners: 0, 90, 180 and 270 degrees only move pixels. */
export function isSquareTurn(angle: number): boolean {
  return angle % 90 === 0;
}

/** Pure: the frame for an input of this size in pixels. Never smaller than the turned input. */
export function frameOf(input: Size, parameters: ExpansionParameters): Frame {
  const rotated = boundingBox(input, parameters.angle);
  const mode = modeOf(parameters);
  const padding = paddingFor(mode, rotated, parameters);
  const output = {
    width: rotated.width + padding.left + padding.right,
    height: rotated.height + padding.top + padding.bottom,
  };
  const added = padding.top + padding.bottom + padding.left + padding.right;
  return { rotated, padding, output, mode, extendsNothing: added === 0 && isSquareTurn(parameters.angle) };
}

function boundingBox({ width, height }: Size, angle: number): Size {
  // Square turns are answered exactly, since cos(90 degrees) is not quite 0 in floating point.
  if (isSquareTurn(angle)) return angle % 180 === 0 ? { width, height } : { width: height, height: width };
  const radians = (angle * Math.PI) / 180;
  const cos = Math.abs(Math.cos(radians));
  const sin = Math.abs(Math.sin(radians));
  return { width: Math.round(width * cos + height * sin), height: Math.round(width * sin + height * cos) };
}

function paddingFor(mode: ExtensionMode, { width, height }: Size, parameters: ExpansionParameters): Frame['padding'] {
  if (mode === 'offset') {
    const { top_offset: top, bottom_offset: bottom, left_offset: left, right_offset: right } = parameters;
    return { top, bottom, left, right };
  }
  if (mode === 'none') return { top: 0, bottom: 0, left: 0, right: 0 };
  const target =
    mode === 'scale'
      ? { width: Math.round(width * parameters.x_scale), height: Math.round(height * parameters.y_scale) }
      : growToRatio({ width, height }, parameters.output_ratio);
  const across = target.width - width;
  const down = target.height - height;
  return {
    top: Math.floor(down / 2),
    bottom: Math.ceil(down / 2),
    left: Math.floor(across / 2),
    right: Math.ceil(across / 2),
  };
}

function growToRatio({ width, height }: Size, ratio: ExpansionParameters['output_ratio']): Size {
  const [across = 1, down = 1] = ratio.split(':').map(Number);
  // Only one side grows, since the picture is extended and never cut.
  return width * down < height * across
    ? { width: Math.round((height * across) / down), height }
    : { width, height: Math.round((width * down) / across) };
}
