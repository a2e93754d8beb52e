// Draws a product picture as a catalog would hold it; the same name always gives the same picture.
import sharp from 'sharp';
import type { Size } from './frame-of.ts';
import { seededChance } from './seeded-chance.ts';
import { SILHOUETTE_NAMES, SILHOUETTES } from './silhouettes.ts';

/** What the API accepts without complaint and a catalog really holds. */
const SIDE_MIN = 512;
const SIDE_MAX = 1600;

export interface CatalogPicture {
  /** Pixels; drawn from the name, 512 to 1600, when left out. */
  readonly width?: number;
  readonly height?: number;
  /** `jpeg` when left out. */
  readonly format?: 'jpeg' | 'png' | 'webp';
}

/** Encoded bytes of the picture called `name`. A name that contains "shoe", "bottle", … shows that product. */
export async function drawCatalogPicture(name: string, picture: CatalogPicture = {}): Promise<Buffer> {
  const size = catalogSize(name, picture);
  const drawing = sharp(Buffer.from(catalogSvg(name, size))).flatten({ background: '#fff' });
  if (picture.format === 'png') return drawing.png().toBuffer();
  if (picture.format === 'webp') return drawing.webp({ quality: 88 }).toBuffer();
  return drawing.jpeg({ quality: 90 }).toBuffer();
}

/** The size in pixels that drawCatalogPicture uses. */
export function catalogSize(name: string, { width, height }: CatalogPicture = {}): Size {
  const side = (which: string) => SIDE_MIN + Math.floor(seededChance(name, which) * (SIDE_MAX - SIDE_MIN + 1));
  return { width: width ?? side('width'), height: height ?? side('height') };
}

/** Pure: the drawing as SVG, made of shapes and gradients only, so that no font is needed. */
export function catalogSvg(name: string, { width, height }: Size): string {
  const pick = (what: string) => seededChance(name, what);
  const product = SILHOUETTE_NAMES.find((known) => name.includes(known)) ?? pickOne(SILHOUETTE_NAMES, pick('product'));
  const hue = Math.floor(pick('hue') * 360);
  const wallHue = (hue + 140 + Math.floor(pick('wall') * 80)) % 360;
  const colours = { body: hsl(hue, 58, 50), dark: hsl(hue, 55, 24), light: hsl((hue + 30) % 360, 70, 88) };
  const floorY = Math.round(height * (0.66 + pick('floor') * 0.1));
  const box = Math.round(Math.min(width, height) * (0.56 + pick('size') * 0.14));
  const left = Math.round((width - box) / 2 + (pick('shift') - 0.5) * width * 0.1);
  const top = Math.round(floorY + box * 0.12 - box);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
<defs>
<linearGradient id="wall" x1="0" y1="0" x2="1" y2="1"><stop offset="0" stop-color="${hsl(wallHue, 34, 92)}"/><stop offset="1" stop-color="${hsl(wallHue, 30, 74)}"/></linearGradient>
<linearGradient id="floor" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="${hsl(wallHue, 24, 62)}"/><stop offset="1" stop-color="${hsl(wallHue, 22, 82)}"/></linearGradient>
<radialGradient id="shadow"><stop offset="0" stop-color="#000" stop-opacity="0.42"/><stop offset="1" stop-color="#000" stop-opacity="0"/></radialGradient>
</defs>
<rect width="${width}" height="${height}" fill="url(#wall)"/>
<rect y="${floorY}" width="${width}" height="${height - floorY}" fill="url(#floor)"/>
${stripes(pick, { width, height: floorY }, hsl(wallHue, 30, 68))}
<ellipse cx="${left + box / 2}" cy="${top + box * 0.93}" rx="${box * 0.56}" ry="${box * 0.09}" fill="url(#shadow)"/>
<g transform="translate(${left} ${top}) scale(${box / 100})">${SILHOUETTES[product](colours)}</g>
</svg>`;
}

/** Faint upright bands on the wall: they run into the border, so that one sees what was added. */
function stripes(pick: (what: string) => number, { width, height }: Size, colour: string): string {
  const count = Math.floor(pick('stripes') * 6);
  return Array.from({ length: count }, (_, band) => {
    const x = Math.round((width * (band + 0.5)) / count);
    return `<rect x="${x}" width="${Math.round(width / 60)}" height="${height}" fill="${colour}" opacity="0.35"/>`;
  }).join('');
}

function pickOne<T>(from: readonly [T, ...T[]] | readonly T[], chance: number): T {
  return from[Math.floor(chance * from.length)] as T;
}

function hsl(hue: number, saturation: number, lightness: number): string {
  return `hsl(${hue}, ${saturation}%, ${lightness}%)`;
}
