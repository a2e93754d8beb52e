// One small valid JPEG that stands for every result in a load test.
import { drawCatalogPicture } from '../picture/draw-catalog-picture.ts';

let drawn: Promise<Buffer> | null = null;

/** Drawn once per process: 512 by 512 pixels, some ten kilobytes. The same buffer each time; never write to it. */
export function tinyPicture(): Promise<Buffer> {
  drawn ??= drawCatalogPicture('mug', { width: 512, height: 512 });
  return drawn;
}
