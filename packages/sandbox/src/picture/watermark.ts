// The "AI" mark that the API draws unless told not to, as plain shapes so that no font is needed.
import type { Size } from './frame-of.ts';

/**
 * An SVG as large as the picture with the mark in the bottom right corner.
 * The API's two pages name different corners; the right one is the newer page's.
 */
export function watermarkSvg({ width, height }: Size): Buffer {
  const unit = Math.max(28, Math.round(Math.min(width, height) / 14));
  const x = width - unit * 2;
  const y = height - unit * 1.35;
  const path = [
    `<rect x="0" y="0" width="1.6" height="1" rx="0.22" fill="#000" fill-opacity="0.45"/>`,
    `<path d="M0.28 0.8 L0.58 0.2 L0.88 0.8 M0.4 0.6 L0.76 0.6" fill="none" stroke="#fff" stroke-width="0.1"/>`,
    `<path d="M1.16 0.2 L1.16 0.8 M1.04 0.2 L1.28 0.2 M1.04 0.8 L1.28 0.8" fill="none" stroke="#fff" stroke-width="0.1"/>`,
  ].join('');
  return Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">` +
      `<g transform="translate(${x} ${y}) scale(${unit})">${path}</g></svg>`,
  );
}
