// Encodes a picture as JPEG, making it smaller until the file fits.
import sharp from 'sharp';

const QUALITY = 92;
/** Each round takes about a third of the pixels away, so six rounds end below a tenth of the file. */
const ROUNDS_MAX = 6;

/** JPEG bytes, at most `bytesMax` unless even a tenth of the pixels is too large. */
export async function encodeWithin(picture: Buffer, bytesMax: number): Promise<Buffer> {
  const { width } = await sharp(picture).metadata();
  let encoded = await sharp(picture).jpeg({ quality: QUALITY }).toBuffer();
  for (let round = 1; round <= ROUNDS_MAX && encoded.length > bytesMax; round++) {
    const narrower = Math.max(1, Math.round(width * 0.82 ** round));
    encoded = await sharp(picture).resize({ width: narrower }).jpeg({ quality: QUALITY }).toBuffer();
  }
  return encoded;
}
