// Says what picture some bytes are, by the bytes, without decoding a pixel.

import { imageSize } from 'image-size';
import { OutpaintError } from '../errors/outpaint-error.ts';

export interface ImageFacts {
  readonly format: 'jpeg' | 'png' | 'webp';
  readonly contentType: string;
  readonly width: number;
  readonly height: number;
}

/** The API extends at most 4096 px to three times that, rotated at most by the diagonal: 17,378 px. */
const SIDE_PX_MAX = 20_000;
// A header lies at the front, behind metadata at most; the bound keeps a hostile file from blocking the worker for seconds.
const HEAD_BYTES = 1024 * 1024;

const isPng = (bytes: Buffer): boolean => bytes.subarray(0, 8).equals(Buffer.from('89504e470d0a1a0a', 'hex'));
const isJpeg = (bytes: Buffer): boolean => bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff;
const isWebp = (bytes: Buffer): boolean =>
  bytes.toString('latin1', 0, 4) === 'RIFF' && bytes.toString('latin1', 8, 12) === 'WEBP';

const PNG_END = Buffer.from('0000000049454e44ae426082', 'hex'); // an empty IEND chunk with its checksum
const JPEG_END = Buffer.from('ffd9', 'hex');

/** Offset of the first scan, found by walking the segments: an embedded preview has an end marker of its own. */
const firstScanOf = (bytes: Buffer): number => {
  let at = 2;
  while (at + 4 <= bytes.length && bytes[at] === 0xff) {
    const marker = bytes[at + 1] ?? 0;
    if (marker === 0xff)
      at += 1; // fill byte
    else if (marker === 0xda) return at;
    else at += 2 + bytes.readUInt16BE(at + 2);
  }
  return -1;
};

// Bytes after the end are allowed: cameras and labelling tools append some, and the picture before them is whole.
const isWhole = {
  jpeg: (bytes: Buffer) => {
    const scan = firstScanOf(bytes);
    return scan !== -1 && bytes.indexOf(JPEG_END, scan) !== -1;
  },
  png: (bytes: Buffer) => bytes.lastIndexOf(PNG_END) !== -1,
  webp: (bytes: Buffer) => bytes.length >= 12 && bytes.length >= 8 + bytes.readUInt32LE(4),
} as const;

const formatOf = (bytes: Buffer): ImageFacts['format'] | null =>
  isJpeg(bytes) ? 'jpeg' : isPng(bytes) ? 'png' : isWebp(bytes) ? 'webp' : null;

/**
 * Format and size of a JPEG, PNG or WebP. Throws `result_not_an_image` (other bytes, no size, a side out of bounds) or
 * `result_truncated` (it begins like a picture and lacks its end).
 */
export const readImage = (bytes: Buffer): ImageFacts => {
  const format = formatOf(bytes);
  if (format === null) {
    throw new OutpaintError('result_not_an_image', 'The result is not a JPEG, PNG or WebP picture.', {
      facts: { bytes: bytes.length, first: bytes.subarray(0, 8).toString('hex') },
    });
  }
  if (!isWhole[format](bytes)) {
    throw new OutpaintError('result_truncated', `The result begins as ${format} and lacks its end.`, {
      facts: { bytes: bytes.length, format },
    });
  }
  let size: { width: number; height: number };
  try {
    size = imageSize(bytes.subarray(0, HEAD_BYTES));
  } catch (cause) {
    throw new OutpaintError('result_not_an_image', `The result begins as ${format} but has no readable size.`, {
      facts: { bytes: bytes.length, format },
      cause,
    });
  }
  const { width, height } = size;
  for (const side of [width, height]) {
    if (Number.isInteger(side) && side >= 1 && side <= SIDE_PX_MAX) continue;
    throw new OutpaintError('result_not_an_image', 'The result says a size that no result can have.', {
      facts: { format, width, height },
    });
  }
  return { format, contentType: `image/${format}`, width, height };
};
