// What the API's documented limits say of a source, by its first bytes and its length. Pure.
import type { Parameters } from '@outpaint/shared/contract/parameters';
import { outputSize } from './output-size.ts';
import { pictureHead } from './picture-head.ts';

export type FindingCode =
  | 'missing'
  | 'refused'
  | 'private_address'
  | 'not_an_image'
  | 'wrong_format'
  | 'too_large'
  | 'side_out_of_bounds'
  | 'offsets_too_large'
  | 'output_aspect'
  | 'redirect'
  | 'unreachable'
  | 'size_unknown';

export interface Finding {
  readonly code: FindingCode;
  /** A clause that follows "the source". */
  readonly message: string;
}

/** What a row with one of these would fail of for sure; the others may pass. */
export const SURE: Readonly<Record<FindingCode, boolean>> = {
  missing: true,
  refused: true,
  private_address: true,
  not_an_image: true,
  wrong_format: true,
  too_large: true,
  side_out_of_bounds: true,
  offsets_too_large: true,
  // The API's page gives the limit, and not how an output's size comes about.
  output_aspect: false,
  redirect: false,
  unreachable: false,
  size_unknown: false,
};

/** Documented: JPG, JPEG, PNG, HEIF and WEBP; image-size has several names for what lies in HEIF's boxes. */
const FORMATS = [
  'jpg',
  'png',
  'webp',
  'heic',
  'heif',
  'avif',
  'mif1',
  'msf1',
  'hevc',
  'hevx',
  'heim',
  'heis',
  'heix',
  'hevm',
  'hevs',
];
const SOURCE_BYTES_MAX = 10 * 1024 * 1024;
const SIDE_PX_MIN = 512;
const SIDE_PX_MAX = 4096;
/** Documented for limit_image_size. */
const ASPECT_MAX = 4;
const OFFSET_FACTOR = 3;

/** `totalBytes` is null where nobody knows it. */
export const judgePicture = (
  file: { readonly bytes: Buffer; readonly totalBytes: number | null },
  parameters: Parameters,
): Finding[] => {
  const found: Finding[] = [];
  const { bytes, totalBytes } = file;
  if (totalBytes !== null && totalBytes > SOURCE_BYTES_MAX)
    found.push({ code: 'too_large', message: `has ${totalBytes} bytes; the API takes ${SOURCE_BYTES_MAX} at most` });
  const picture = pictureHead(bytes);
  if (picture === null) return [...found, { code: 'not_an_image', message: 'is no picture by its first bytes' }];
  if (!FORMATS.includes(picture.format))
    return [
      ...found,
      { code: 'wrong_format', message: `is ${picture.format}; the API takes JPEG, PNG, WebP and HEIF` },
    ];
  if (picture.size === null)
    return [...found, { code: 'size_unknown', message: `does not say its size in its first ${bytes.length} bytes` }];
  return [...found, ...sizeFindings(picture.size, parameters)];
};

const sizeFindings = (size: { width: number; height: number }, parameters: Parameters): Finding[] => {
  const { width, height } = size;
  const found: Finding[] = [];
  if (Math.min(width, height) < SIDE_PX_MIN || Math.max(width, height) > SIDE_PX_MAX)
    found.push({
      code: 'side_out_of_bounds',
      message: `is ${width} x ${height}; each side must have ${SIDE_PX_MIN} to ${SIDE_PX_MAX} pixels`,
    });
  const across = (parameters.left_offset ?? 0) + (parameters.right_offset ?? 0);
  const down = (parameters.top_offset ?? 0) + (parameters.bottom_offset ?? 0);
  if (across >= OFFSET_FACTOR * width || down >= OFFSET_FACTOR * height)
    found.push({
      code: 'offsets_too_large',
      message: `is ${width} x ${height}, and the offsets of an axis must stay under ${OFFSET_FACTOR} times its side`,
    });
  const output = outputSize(size, parameters);
  const aspect = Math.max(output.width / output.height, output.height / output.width);
  if (parameters.limit_image_size !== false && aspect > ASPECT_MAX)
    found.push({
      code: 'output_aspect',
      message: `would become ${output.width} x ${output.height}; with limit_image_size the API allows 1:${ASPECT_MAX} to ${ASPECT_MAX}:1`,
    });
  return found;
};
