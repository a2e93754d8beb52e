// What a report with pictures needs: sources and objects under the guard of results, and the thread that makes them small.
import type { Environment } from '@outpaint/shared/config/settings';
import type { ObjectReader } from '@outpaint/shared/storage/object-reader';
import { createPictures } from '../pictures/pictures.ts';
import { createThumbnailMaker } from '../pictures/thumbnail-maker.ts';
import { createDrawRow, type DrawRow } from '../report/draw-row.ts';
import { settingsOf } from './settings-of.ts';

/** Of one picture; a page has many, and one that does not come is left out. */
const PICTURE_MS_MAX = 10_000;

export interface Drawing {
  readonly draw: DrawRow;
  /** Pictures that were asked for and could not be had until now. */
  missing(): number;
  close(): Promise<void>;
}

/** Close it before `objects`. */
export const openDrawing = (env: Environment, objects: Pick<ObjectReader, 'open'>, bucket: string): Drawing => {
  const { delivery, store } = settingsOf(env, ['delivery', 'store']);
  const pictures = createPictures(objects, {
    bucket,
    keyPrefix: store.outpaintKeyPrefix,
    bytesMax: delivery.resultBytesMax,
    deadlineMs: Math.min(delivery.resultDeadlineMs, PICTURE_MS_MAX),
    addressesAllowed: delivery.resultAddressesAllowed,
  });
  const maker = createThumbnailMaker();
  const drawRow = createDrawRow(pictures, maker);
  let missing = 0;
  return {
    draw: async (row) => {
      const drawn = await drawRow(row);
      for (const picture of [drawn.before, drawn.after]) if (picture !== null && 'reason' in picture) missing += 1;
      return drawn;
    },
    missing: () => missing,
    close: () => maker.close(),
  };
};
