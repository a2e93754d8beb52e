// What a picture's own bytes say: its format and its size as a person sees it.
import sharp from 'sharp';
import type { Size } from './frame-of.ts';

/** JPG, PNG, HEIF and WEBP, as documented; sharp calls both HEIC and AVIF "heif". */
export const INPUT_FORMATS = ['jpeg', 'png', 'heif', 'webp'] as const;
export type InputFormat = (typeof INPUT_FORMATS)[number];

export interface PictureFacts extends Size {
  readonly format: InputFormat;
}

/** Null when the bytes are no picture of an accepted format. Decodes every pixel only if `thorough`. */
export async function readPicture(bytes: Buffer, { thorough = false } = {}): Promise<PictureFacts | null> {
  try {
    const facts = await sharp(bytes).metadata();
    const format = INPUT_FORMATS.find((known) => known === facts.format);
    if (format === undefined) return null;
    // A cut file still has a healthy header, so only decoding shows it.
    if (thorough) await sharp(bytes, { failOn: 'truncated' }).stats();
    const { width, height } = facts.autoOrient;
    return { format, width, height };
  } catch {
    return null;
  }
}
