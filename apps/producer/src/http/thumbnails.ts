// Small pictures, made once and kept in memory for a while: a page of a gallery must not send what a printer needs.
import type { ShownPicture } from '../pictures/pictures.ts';
import { smallPicture } from '../pictures/small-picture.ts';
import type { ThumbnailMaker } from '../pictures/thumbnail-maker.ts';

export interface Thumbnails {
  /**
   * The small form of what `read` gives, or what it gives where that cannot be made smaller. `key` names its content;
   * while it is kept, or being made, nothing is read. Null where `read` says null.
   */
  of(key: string, read: () => Promise<ShownPicture | null>): Promise<ShownPicture | null>;
}

/** Twice what a gallery shows, for screens with fine dots. */
export const THUMBNAIL_SIDE_MAX = 480;
const CACHE_BYTES_MAX = 32 * 1024 * 1024;
/** Pictures in hand at once: each may be as large as a result may be. */
const AT_ONCE = 4;

export const createThumbnails = (
  maker: ThumbnailMaker,
  notMade: (error: unknown) => void,
  bytesMax = CACHE_BYTES_MAX,
): Thumbnails => {
  const kept = new Map<string, ShownPicture>();
  const making = new Map<string, Promise<ShownPicture | null>>();
  const waiting: (() => void)[] = [];
  let [bytes, inHand] = [0, 0];

  const keep = (key: string, picture: ShownPicture): void => {
    kept.set(key, picture);
    bytes += picture.bytes.length;
    for (const [oldest, { bytes: old }] of kept) {
      if (bytes <= bytesMax) break;
      kept.delete(oldest);
      bytes -= old.length;
    }
  };
  const made = async (read: () => Promise<ShownPicture | null>): Promise<ShownPicture | null> => {
    const whole = await read();
    if (whole === null) return null;
    try {
      const bytes = await smallPicture(maker, whole.bytes, THUMBNAIL_SIDE_MAX);
      return bytes.length < whole.bytes.length ? { bytes, contentType: 'image/jpeg' } : whole;
    } catch (error) {
      notMade(error);
      return whole;
    }
  };
  const inTurn = async (key: string, read: () => Promise<ShownPicture | null>): Promise<ShownPicture | null> => {
    if (inHand >= AT_ONCE) await new Promise<void>((go) => waiting.push(go));
    else inHand += 1;
    try {
      const picture = await made(read);
      if (picture !== null) keep(key, picture);
      return picture;
    } finally {
      // The place is handed on, so that nobody slips in between.
      const next = waiting.shift();
      if (next === undefined) inHand -= 1;
      else next();
    }
  };

  return {
    of: (key, read) => {
      const known = kept.get(key);
      if (known !== undefined) {
        // The newest place is at the end.
        kept.delete(key);
        kept.set(key, known);
        return Promise.resolve(known);
      }
      const running = making.get(key) ?? inTurn(key, read).finally(() => making.delete(key));
      making.set(key, running);
      return running;
    },
  };
};
