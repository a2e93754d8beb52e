// A picture made small by the maker, unless decoding it would take too much memory.
import { readImage } from '@outpaint/shared/download/read-image';
import { OutpaintError } from '@outpaint/shared/errors/outpaint-error';
import type { ThumbnailMaker } from './thumbnail-maker.ts';

/** Decoded it takes four bytes a pixel, twice for a moment. */
const PIXELS_MAX = 40_000_000;

/** A JPEG whose longer side is `sideMax` at most. Throws `picture_not_made`, or as `readImage` does. */
export const smallPicture = async (
  maker: Pick<ThumbnailMaker, 'make'>,
  bytes: Buffer,
  sideMax: number,
): Promise<Buffer> => {
  const { format, width, height } = readImage(bytes);
  if (width * height > PIXELS_MAX)
    throw new OutpaintError('picture_not_made', `${width} x ${height} is too large to be made small here.`);
  try {
    return Buffer.from(await maker.make({ bytes, format, sideMax }));
  } catch (cause) {
    throw new OutpaintError('picture_not_made', 'The picture cannot be decoded.', { cause });
  }
};
