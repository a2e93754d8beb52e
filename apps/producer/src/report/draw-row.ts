// A row's picture before and after, small enough to stand in a page; one that cannot be had is the reason why.
import { readImage } from '@outpaint/shared/download/read-image';
import { codeOf, OutpaintError } from '@outpaint/shared/errors/outpaint-error';
import type { Pictures } from '../pictures/pictures.ts';
import { smallPicture } from '../pictures/small-picture.ts';
import type { ThumbnailMaker } from '../pictures/thumbnail-maker.ts';
import type { ReportRow } from './open-report.ts';

/** Twice what the page shows, for screens with fine dots. */
export const REPORT_PICTURE_SIDE_MAX = 240;

export type DrawnPicture =
  | { readonly dataUri: string; readonly width: number; readonly height: number }
  /** A clause that follows "the picture". */
  | { readonly reason: string };

export interface DrawnRow {
  readonly before: DrawnPicture;
  /** Null where none was made. */
  readonly after: DrawnPicture | null;
}

/** Never rejects. */
export type DrawRow = (row: ReportRow) => Promise<DrawnRow>;

const MISSING: DrawnPicture = { reason: 'is not in its bucket' };

/** The downloader's codes speak of results; here they are said of any picture. */
const REASONS: Readonly<Record<string, string>> = {
  result_address_forbidden: 'leads into a private network',
  result_expired: 'is not there, or may not be read',
  result_host_not_allowed: 'lies behind an address or a redirect that is not followed',
  result_not_an_image: 'is no JPEG, PNG or WebP',
  result_too_large: 'is larger than RESULT_BYTES_MAX',
  result_truncated: 'ends too early',
  store_refused: 'may not be read in its bucket',
};

/** Pure. */
export const reasonOf = (error: unknown): string => {
  const code = codeOf(error);
  const reason = REASONS[code] ?? (code === 'picture_not_made' ? 'cannot be made small' : 'could not be fetched');
  const status = error instanceof OutpaintError ? error.facts.status : undefined;
  return typeof status === 'number' ? `${reason} (HTTP ${status})` : reason;
};

export const createDrawRow = (pictures: Pictures, maker: Pick<ThumbnailMaker, 'make'>): DrawRow => {
  const draw = async (row: ReportRow, of: 'source' | 'result'): Promise<DrawnPicture> => {
    try {
      const whole = await pictures.read(row, of);
      if (whole === null) return MISSING;
      const small = await smallPicture(maker, whole.bytes, REPORT_PICTURE_SIDE_MAX);
      const { width, height } = readImage(small);
      return { dataUri: `data:image/jpeg;base64,${small.toString('base64')}`, width, height };
    } catch (error) {
      return { reason: reasonOf(error) };
    }
  };
  // One after the other: of each row one whole picture is in memory at a time.
  return async (row) => {
    const before = await draw(row, 'source');
    return { before, after: row.outcome === 'succeeded' ? await draw(row, 'result') : null };
  };
};
