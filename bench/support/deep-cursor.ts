// The cursor of a page far from the first, walked to by the API as somebody would who turns pages.

const STEP_ROWS = 500;

/** The cursor behind the first `rows` entries of a list. Throws where there are no more than these. */
export const cursorBehind = async (address: string, list: string, rows: number): Promise<string> => {
  let cursor = '';
  for (let left = rows; left > 0; left -= STEP_ROWS) {
    const limit = Math.min(STEP_ROWS, left);
    const answer = await fetch(`${address}${list}&limit=${limit}${cursor === '' ? '' : `&cursor=${cursor}`}`);
    const body = (await answer.json()) as { next_cursor: string | null };
    if (!answer.ok || body.next_cursor === null) throw new Error(`${list}: nothing behind ${rows - left + limit} rows`);
    cursor = body.next_cursor;
  }
  return cursor;
};
