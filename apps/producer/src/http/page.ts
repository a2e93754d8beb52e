// Keyset pages: a cursor says after which entry to go on, so that a page costs the same at the start and at the end of a million.
import { placeBehind } from '@outpaint/shared/record/score-page';
import { z } from 'zod';
import { HttpProblem } from './problem.ts';

export const PAGE_ROWS_MAX = 500;

export const pageQuery = {
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(PAGE_ROWS_MAX)
    .default(50)
    .meta({ description: `entries on a page, 1 to ${PAGE_ROWS_MAX}` }),
  cursor: z.string().max(200).optional().meta({ description: 'next_cursor of the page before; opaque' }),
};

/** After the entries with a greater score, and after `skip` of those with this one (scores are times and may repeat). */
export interface After {
  readonly score: number;
  readonly skip: number;
}

export const readCursor = (cursor: string | undefined): After | null => {
  if (cursor === undefined) return null;
  const match = /^(\d{1,16})\.(\d{1,7})$/.exec(Buffer.from(cursor, 'base64url').toString('utf8'));
  if (match === null)
    throw new HttpProblem('parameters_invalid', 'The cursor is none of this server: leave it out to begin again.');
  return { score: Number(match[1]), skip: Number(match[2]) };
};

/** The cursor after the last of `scores`; null where the page was the last one. */
export const cursorAfter = (scores: readonly number[], after: After | null, more: boolean): string | null => {
  const place = placeBehind(scores, after);
  return more && place !== null ? Buffer.from(`${place.score}.${place.skip}`, 'utf8').toString('base64url') : null;
};
