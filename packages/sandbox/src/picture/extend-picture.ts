// Extends a picture for real: turns it, continues its edges outwards, and returns a JPEG.
import sharp from 'sharp';
import { encodeWithin } from './encode-within.ts';
import type { ExpansionParameters } from './expansion-parameters.ts';
import { type Frame, frameOf, type Size } from './frame-of.ts';
import { watermarkSvg } from './watermark.ts';

/** A limited result stays well under the documented 5 MB at any content below this; larger work is scaled down first. */
const LIMITED_PIXELS_MAX = 12_000_000;
/** Documented: with limit_image_size the file is smaller than 5 MB. */
const LIMITED_BYTES_MAX = 5 * 1024 * 1024 - 1;
/** The longest side of the small picture that the new border is painted from; more only costs time. */
const BACKDROP_SIDE_MAX = 480;

/**
 * JPEG bytes of the extended picture; the same input gives the same bytes. The caller has checked the input
 * (readPicture) and that something is extended. Throws what sharp throws for bytes that do not decode.
 * With `limit_image_size` the result may be smaller than the frame says, in proportion.
 */
export async function extendPicture(bytes: Buffer, parameters: ExpansionParameters): Promise<Buffer> {
  const upright = await sharp(bytes).autoOrient().toColourspace('srgb').removeAlpha().png({ compressionLevel: 1 });
  const { data, info } = await upright.toBuffer({ resolveWithObject: true });
  const wanted = frameOf(info, parameters).output;
  const pixels = wanted.width * wanted.height;
  const shrink = parameters.limit_image_size ? Math.min(1, Math.sqrt(LIMITED_PIXELS_MAX / pixels)) : 1;
  const size = scaled(info, shrink);
  const picture = shrink < 1 ? await sharp(data).resize(size.width, size.height).png().toBuffer() : data;

  const frame = frameOf(size, scaledOffsets(parameters, shrink));
  const backdrop = await paintBackdrop(picture, size, frame, parameters.angle);
  const foreground = await feathered(picture, size, frame, parameters.angle);
  const layers = [{ input: foreground, left: frame.padding.left, top: frame.padding.top }];
  if (parameters.add_watermark) layers.push({ input: watermarkSvg(frame.output), left: 0, top: 0 });
  const whole = await sharp(backdrop).composite(layers).removeAlpha().png({ compressionLevel: 1 }).toBuffer();
  return encodeWithin(whole, parameters.limit_image_size ? LIMITED_BYTES_MAX : Number.POSITIVE_INFINITY);
}

/** Continues the edge pixels far outwards, turns that with the picture, cuts the frame out and softens it. */
async function paintBackdrop(picture: Buffer, size: Size, frame: Frame, angle: number): Promise<Buffer> {
  const small = Math.min(1, BACKDROP_SIDE_MAX / Math.max(frame.output.width, frame.output.height));
  const { width, height } = scaled(size, small);
  const out = scaled(frame.output, small);
  // Half a diagonal more on every side covers the frame at any angle and with any offsets.
  const reach = Math.ceil(Math.hypot(out.width, out.height)) + 2;
  const tiny = await sharp(picture).resize(width, height, { fit: 'fill' }).png().toBuffer();
  const sides = { top: reach, bottom: reach, left: reach, right: reach };
  const continued = await sharp(tiny)
    .extend({ ...sides, extendWith: 'copy' })
    .png()
    .toBuffer();
  // sharp turns clockwise and the API counter-clockwise.
  const turned = await sharp(continued)
    .rotate((360 - angle) % 360)
    .png()
    .toBuffer({ resolveWithObject: true });
  const { padding, rotated } = frame;
  const left = Math.round(turned.info.width / 2 - (padding.left + rotated.width / 2) * small);
  const top = Math.round(turned.info.height / 2 - (padding.top + rotated.height / 2) * small);
  const cut = await sharp(turned.data)
    .extract({ left, top, ...out })
    .blur(5)
    .png()
    .toBuffer();
  return sharp(cut)
    .resize(frame.output.width, frame.output.height, { fit: 'fill', kernel: 'cubic' })
    .png({ compressionLevel: 1 })
    .toBuffer();
}

/** The turned picture, its edges fading where new pixels touch it, cut to its box if rounding made it larger. */
async function feathered(picture: Buffer, size: Size, { rotated, padding }: Frame, angle: number): Promise<Buffer> {
  const soft = Math.max(2, Math.round(Math.min(size.width, size.height) / 40));
  const corners = angle % 90 !== 0;
  const inset = (pixels: number) => (pixels > 0 || corners ? soft : 0);
  // The paddings belong to the turned picture; a square turn moves each to another side of the unturned one.
  const around = [inset(padding.top), inset(padding.right), inset(padding.bottom), inset(padding.left)];
  const moved = around.map((_, side) => around[(side + Math.floor(angle / 90) * 3) % 4] ?? 0);
  const [top = 0, right = 0, bottom = 0, left = 0] = moved;
  const inner = { width: size.width - left - right, height: size.height - top - bottom };
  const white = await sharp({ create: { ...inner, channels: 3, background: '#fff' } })
    .extend({ top, right, bottom, left, background: '#000' })
    .png()
    .toBuffer();
  const mask = await sharp(white)
    .blur(Math.max(0.5, soft / 2))
    .extractChannel(0)
    .png()
    .toBuffer();
  const faded = await sharp(picture).removeAlpha().joinChannel(mask).png({ compressionLevel: 1 }).toBuffer();
  const turned = await sharp(faded)
    .rotate((360 - angle) % 360, { background: { r: 0, g: 0, b: 0, alpha: 0 } })
    .png({ compressionLevel: 1 })
    .toBuffer({ resolveWithObject: true });
  const { width, height } = turned.info;
  if (width <= rotated.width && height <= rotated.height) return turned.data;
  const box = { width: Math.min(width, rotated.width), height: Math.min(height, rotated.height) };
  return sharp(turned.data)
    .extract({ left: 0, top: 0, ...box })
    .png({ compressionLevel: 1 })
    .toBuffer();
}

function scaled({ width, height }: Size, by: number): Size {
  return { width: Math.max(1, Math.round(width * by)), height: Math.max(1, Math.round(height * by)) };
}

function scaledOffsets(parameters: ExpansionParameters, by: number): ExpansionParameters {
  const { top_offset, bottom_offset, left_offset, right_offset } = parameters;
  return {
    ...parameters,
    top_offset: Math.round(top_offset * by),
    bottom_offset: Math.round(bottom_offset * by),
    left_offset: Math.round(left_offset * by),
    right_offset: Math.round(right_offset * by),
  };
}
