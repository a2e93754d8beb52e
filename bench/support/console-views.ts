// What a person opens in the console, and when it is there.
import type { Page } from 'playwright-core';
import { SEEDED_BATCH, SEEDED_CODES } from './seed-console.ts';

export interface View {
  readonly name: string;
  readonly hash: string;
  /** Stands there once the view is of use. */
  readonly seen: string;
  /** Pages that are turned after it. */
  readonly turns: number;
}

const ROW = 'table.cards tbody tr th';
const rowsOf = (status: string, code = ''): string =>
  `#/batches/${SEEDED_BATCH}?status=${status}${code === '' ? '' : `&code=${code}`}`;

export const VIEWS: readonly View[] = [
  { name: 'overview', hash: '#/', seen: '.codes a', turns: 0 },
  { name: 'batches', hash: '#/batches', seen: ROW, turns: 0 },
  { name: 'rows delivered', hash: rowsOf('delivered'), seen: ROW, turns: 1 },
  { name: 'rows dead-lettered', hash: rowsOf('dead_lettered'), seen: ROW, turns: 1 },
  { name: 'rows waiting', hash: rowsOf('accepted'), seen: ROW, turns: 1 },
  { name: 'rows of a common code', hash: rowsOf('dead_lettered', SEEDED_CODES.common), seen: ROW, turns: 1 },
  { name: 'rows of a rare code', hash: rowsOf('dead_lettered', SEEDED_CODES.rare), seen: ROW, turns: 0 },
  { name: 'the one row of a code', hash: rowsOf('dead_lettered', SEEDED_CODES.single), seen: ROW, turns: 0 },
  { name: 'desk', hash: '#/dead-letters', seen: ROW, turns: 1 },
  { name: 'desk, one code', hash: `#/dead-letters?code=${SEEDED_CODES.common}`, seen: ROW, turns: 1 },
  { name: 'desk, the one row', hash: `#/dead-letters?code=${SEEDED_CODES.single}`, seen: ROW, turns: 0 },
];

const since = (from: number): number => performance.now() - from;

/** From nothing to the view, the program of the page included; ms. */
export const openView = async (page: Page, address: string, view: View): Promise<number> => {
  await page.goto('about:blank');
  const from = performance.now();
  await page.goto(`${address}/${view.hash}`);
  await page.locator(view.seen).first().waitFor();
  return since(from);
};

/** From the click to another first row; ms. */
export const turnPage = async (page: Page): Promise<number> => {
  const first = await page.locator(ROW).first().textContent();
  const next = page.locator('nav.pages').getByText('Next page');
  const from = performance.now();
  await next.click();
  await page
    .locator(ROW)
    .first()
    .filter({ hasNotText: new RegExp(`^${first}$`) })
    .waitFor();
  return since(from);
};
