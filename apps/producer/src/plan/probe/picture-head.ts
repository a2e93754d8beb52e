// What the first bytes of a file say about the picture in it: its kind and its size as people see it.
import { imageSize } from 'image-size';

export interface PictureHead {
  /** As image-size names it: `jpg`, `png`, `webp`, `heic`, `gif`, … */
  readonly format: string;
  /** Null where the size lies further back than the bytes reach. */
  readonly size: { readonly width: number; readonly height: number } | null;
}

/** Kinds whose size may lie behind metadata of any length. */
const isJpeg = (bytes: Buffer): boolean => bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff;
const isBox = (bytes: Buffer): boolean => bytes.toString('latin1', 4, 8) === 'ftyp';
/** EXIF: the picture lies on its side. */
const TURNED_FROM = 5;

/** Null where the bytes are no picture of any kind that is known here. */
export const pictureHead = (bytes: Buffer): PictureHead | null => {
  try {
    const { type, width, height, orientation = 1 } = imageSize(bytes);
    if (type === undefined || !(width > 0 && height > 0)) return null;
    const size = orientation >= TURNED_FROM ? { width: height, height: width } : { width, height };
    return { format: type, size };
  } catch {
    if (isJpeg(bytes)) return { format: 'jpg', size: null };
    return isBox(bytes) ? { format: 'heic', size: null } : null;
  }
};
