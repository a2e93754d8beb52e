// What the API finds out only when it has the picture: sizes and sums that end in a FAILED task.
import type { ExpansionParameters } from '../picture/expansion-parameters.ts';
import { type Frame, frameOf, isSquareTurn, modeOf, type Size } from '../picture/frame-of.ts';
import { API_ERRORS, type ApiError, parameterError } from './api-error.ts';

/** Documented bounds of the input, pixels. */
const INPUT_SIDE_MIN = 512;
const INPUT_SIDE_MAX = 4096;
/** Documented with limit_image_size: output between 1:4 and 4:1. Held for every output, which is never kinder. */
const OUTPUT_ASPECT_MAX = 4;
/** An unlimited output of so many pixels is taken to exceed the documented 10 MB; a guess at two bits a pixel. */
const OUTPUT_PIXELS_MAX = 40_000_000;

/** Null when the task can go on. Pure. */
export function refusedFrame(input: Size, parameters: ExpansionParameters): ApiError | null {
  const sides = [input.width, input.height];
  if (sides.some((side) => side < INPUT_SIDE_MIN || side > INPUT_SIDE_MAX)) return API_ERRORS.inputSize;
  const { top_offset, bottom_offset, left_offset, right_offset } = parameters;
  // Only what takes effect is measured; an ignored offset was checked for its range when it came in.
  if (modeOf(parameters) === 'offset') {
    if (top_offset + bottom_offset >= 3 * input.height) {
      return parameterError('top_offset + bottom_offset must be less than 3 times the input height');
    }
    if (left_offset + right_offset >= 3 * input.width) {
      return parameterError('left_offset + right_offset must be less than 3 times the input width');
    }
  }
  const frame = frameOf(input, parameters);
  if (frame.extendsNothing) return API_ERRORS.noExtension;
  return isTooLarge(frame, parameters) ? API_ERRORS.dataInspection : null;
}

/** True when no picture at all could be extended by this: known without the source. */
export function extendsNothingAnyway(parameters: ExpansionParameters): boolean {
  return modeOf(parameters) === 'none' && isSquareTurn(parameters.angle);
}

function isTooLarge({ output: { width, height } }: Frame, { limit_image_size }: ExpansionParameters): boolean {
  const aspect = Math.max(width / height, height / width);
  return aspect > OUTPUT_ASPECT_MAX || (!limit_image_size && width * height > OUTPUT_PIXELS_MAX);
}
