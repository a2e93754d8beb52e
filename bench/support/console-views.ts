// What a person opens in the console, and when it is there.
import type { Page } from 'playwright-core';
import { SEEDED_BATCH, SEEDED_CODES } from './seed-console.ts';

/** A list of the API, and a page of it far from the first: by its number, the last one where there are fewer, or the one in the middle. */
export interface Deep {
  readonly list: string;
  readonly pageRows: number;
  readonly page: number | 'middle';
}

export interface View {
  readonly name: string;
  readonly hash: string;
  /** Stands there once the view is of use; the pictures of a gallery that are in sight belong to it. */
  readonly seen: string;
  /** Pages that are turned after it. */
  readonly turns: number;
  /** The page of its list that is opened by its cursor. */
  readonly deep?: Deep;
}

const ROW = 'table.cards tbody tr th';
const PICTURE = '.grid li span';
export const GALLERY_PAGE_ROWS = 24;
const PAGE_ROWS = 50;
const DEEP_PAGE = 50;

const rowsOf = (status: string, code = ''): string =>
  `#/batches/${SEEDED_BATCH}?status=${status}${code === '' ? '' : `&code=${code}`}`;
const DELIVERED = `/v1/batches/${SEEDED_BATCH}/rows?status=delivered`;
const deep = (list: string, page: number | 'middle', pageRows = PAGE_ROWS): Deep => ({ list, pageRows, page });

export const VIEWS: readonly View[] = [
  { name: 'overview', hash: '#/', seen: '.codes a', turns: 0 },
  { name: 'batches', hash: '#/batches', seen: ROW, turns: 0 },
  { name: 'rows delivered', hash: rowsOf('delivered'), seen: ROW, turns: 1 },
  { name: 'rows delivered, page 50', hash: rowsOf('delivered'), seen: ROW, turns: 0, deep: deep(DELIVERED, DEEP_PAGE) },
  {
    name: 'rows delivered, the page in the middle',
    hash: rowsOf('delivered'),
    seen: ROW,
    turns: 1,
    deep: deep(DELIVERED, 'middle'),
  },
  { name: 'rows dead-lettered', hash: rowsOf('dead_lettered'), seen: ROW, turns: 1 },
  { name: 'rows waiting', hash: rowsOf('accepted'), seen: ROW, turns: 1 },
  { name: 'rows of a common code', hash: rowsOf('dead_lettered', SEEDED_CODES.common), seen: ROW, turns: 1 },
  { name: 'rows of a rare code', hash: rowsOf('dead_lettered', SEEDED_CODES.rare), seen: ROW, turns: 0 },
  { name: 'the one row of a code', hash: rowsOf('dead_lettered', SEEDED_CODES.single), seen: ROW, turns: 0 },
  { name: 'gallery', hash: `#/gallery/${SEEDED_BATCH}?`, seen: PICTURE, turns: 1 },
  {
    name: 'gallery, page 50',
    hash: `#/gallery/${SEEDED_BATCH}?`,
    seen: PICTURE,
    turns: 0,
    deep: deep(DELIVERED, DEEP_PAGE, GALLERY_PAGE_ROWS),
  },
  { name: 'desk', hash: '#/dead-letters', seen: ROW, turns: 1 },
  {
    name: 'desk, page 50',
    hash: '#/dead-letters?',
    seen: ROW,
    turns: 0,
    deep: deep('/v1/dead-letters?', DEEP_PAGE),
  },
  { name: 'desk, one code', hash: `#/dead-letters?code=${SEEDED_CODES.common}`, seen: ROW, turns: 1 },
  { name: 'desk, the one row', hash: `#/dead-letters?code=${SEEDED_CODES.single}`, seen: ROW, turns: 0 },
];

const since = (from: number): number => performance.now() - from;

/** Rejects where one is broken. */
const PICTURES_IN_SIGHT = `Promise.all(
  [...document.querySelectorAll('.grid img')]
    .filter((each) => each.getBoundingClientRect().top < innerHeight)
    .map((each) => each.decode()),
).then(() => undefined)`;

/** From nothing to the view, the program of the page included; ms. */
export const openView = async (page: Page, address: string, hash: string, { seen }: View): Promise<number> => {
  await page.goto('about:blank');
  const from = performance.now();
  await page.goto(`${address}/${hash}`);
  await page.locator(seen).first().waitFor();
  await page.evaluate(PICTURES_IN_SIGHT);
  return since(from);
};

/** From the click to another first row; ms. */
export const turnPage = async (page: Page, { seen }: View): Promise<number> => {
  const first = await page.locator(seen).first().textContent();
  const next = page.locator('nav.pages').getByText('Next page');
  const from = performance.now();
  await next.click();
  await page
    .locator(seen)
    .first()
    .filter({ hasNotText: new RegExp(`^${first}$`) })
    .waitFor();
  await page.evaluate(PICTURES_IN_SIGHT);
  return since(from);
};
