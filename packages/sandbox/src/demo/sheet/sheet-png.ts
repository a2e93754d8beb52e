// Draws the contact sheet as one PNG: cards with the picture before, the picture after, and what was asked for.
import sharp, { type OverlayOptions } from 'sharp';
import { type Box, CARD, type CardLayout, cardLayout, HEADER_HEIGHT, MARGIN, sheetSize } from './sheet-layout.ts';
import type { SheetRow } from './sheet-row.ts';
import { strokeText } from './stroke-text.ts';

const INK = '#22262b';
const SOFT = '#6b7280';
const ALARM = '#b3261e';

/** PNG bytes in 256 colours, some hundred kilobytes. */
export const sheetPng = async (rows: readonly SheetRow[], headline: string, note: string): Promise<Buffer> => {
  const { width, height } = sheetSize(rows.length);
  const cards = rows.map(cardLayout);
  const svg = (content: string) =>
    Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${content}</svg>`);
  const thumbs: OverlayOptions[] = [];
  for (const { row, before, after } of cards) {
    if (row.before !== null) thumbs.push({ input: await thumb(row.before.bytes, before), ...at(before) });
    if (row.after !== null) thumbs.push({ input: await thumb(row.after.bytes, after), ...at(after) });
  }
  const header =
    strokeText(headline, { x: MARGIN + 4, y: 22, size: 30, colour: INK, weight: 1.1, widthMax: width - 2 * MARGIN }) +
    strokeText(note, { x: MARGIN + 4, y: HEADER_HEIGHT - 32, size: 15, colour: SOFT, widthMax: width - 2 * MARGIN });
  return sharp({ create: { width, height, channels: 3, background: '#eceef1' } })
    .composite([
      { input: svg(header + cards.map(cardSvg).join('')), left: 0, top: 0 },
      ...thumbs,
      { input: svg(cards.map(outlineSvg).join('')), left: 0, top: 0 },
    ])
    .png({ palette: true, dither: 0.6, effort: 7 })
    .toBuffer();
};

const at = ({ left, top }: Box) => ({ left, top });

const thumb = (bytes: Buffer, { width, height }: Box): Promise<Buffer> =>
  sharp(bytes).resize(width, height, { fit: 'fill' }).png().toBuffer();

const cardSvg = ({ row, card, before, after, captionTop }: CardLayout): string => {
  const x = card.left + 14;
  const widthMax = CARD.width - 28;
  const sizes = row.after === null ? '' : `${sizeText(row.before?.size)} → ${sizeText(row.after.size)}`;
  return [
    `<rect x="${card.left}" y="${card.top}" width="${card.width}" height="${card.height}" rx="10" fill="#fff"/>`,
    row.before === null ? emptyBox(before, SOFT) : '',
    row.after === null ? emptyBox(after, ALARM) : '',
    strokeText(row.name, { x, y: captionTop, size: 15, colour: INK, weight: 1.15, widthMax }),
    strokeText(row.parameters, { x, y: captionTop + 20, size: 13, colour: SOFT, widthMax }),
    row.code === null
      ? strokeText(sizes, { x, y: captionTop + 38, size: 13, colour: SOFT, widthMax })
      : strokeText(row.code, { x, y: captionTop + 38, size: 13, colour: ALARM, weight: 1.1, widthMax }),
  ].join('');
};

/** A crossed box in the place of a picture that is not there. */
const emptyBox = ({ left, top, width, height }: Box, colour: string): string => {
  const arm = Math.min(width, height) / 5;
  const [x, y] = [left + width / 2, top + height / 2];
  const cross = `M${x - arm} ${y - arm}L${x + arm} ${y + arm}M${x + arm} ${y - arm}L${x - arm} ${y + arm}`;
  return (
    `<rect x="${left}" y="${top}" width="${width}" height="${height}" fill="${colour}" fill-opacity="0.07" stroke="${colour}" stroke-opacity="0.5" stroke-dasharray="5 4"/>` +
    `<path d="${cross}" stroke="${colour}" stroke-opacity="0.6" stroke-width="3" stroke-linecap="round" fill="none"/>`
  );
};

/** A dashed line around the old picture within the new one: all that is outside of it was added. */
const outlineSvg = ({ row, before, after }: CardLayout): string => {
  if (row.after === null || row.before === null) return '';
  const { frame, angle } = row.after;
  const scale = after.width / frame.output.width;
  const x = after.left + (frame.padding.left + frame.rotated.width / 2) * scale;
  const y = after.top + (frame.padding.top + frame.rotated.height / 2) * scale;
  const [w, h] = [row.before.size.width * scale, row.before.size.height * scale];
  // The API turns counter-clockwise, SVG clockwise.
  const box = `<rect x="${-w / 2 + 1}" y="${-h / 2 + 1}" width="${w - 2}" height="${h - 2}" fill="none"`;
  return (
    `<g transform="translate(${x} ${y}) rotate(${-angle})">${box} stroke="#fff" stroke-width="2.4" stroke-opacity="0.7"/>` +
    `${box} stroke="#20252b" stroke-width="1.3" stroke-dasharray="4 3"/></g>` +
    `<rect x="${before.left - 0.5}" y="${before.top - 0.5}" width="${before.width + 1}" height="${before.height + 1}" fill="none" stroke="#000" stroke-opacity="0.12"/>` +
    `<rect x="${after.left - 0.5}" y="${after.top - 0.5}" width="${after.width + 1}" height="${after.height + 1}" fill="none" stroke="#000" stroke-opacity="0.12"/>`
  );
};

const sizeText = (size: { width: number; height: number } | undefined): string =>
  size === undefined ? '' : `${size.width}×${size.height}`;
