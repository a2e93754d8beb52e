// Every page of the console as it is photographed: what must be seen before, and what is done to get there.
import type { Page } from 'playwright-core';

/** Pictures are there when they are decoded, in the page and inside drawings; what is broken is left as it is shown. */
const PICTURES_DECODED = `Promise.all(
  [...document.querySelectorAll('img, svg image')].map((each) => {
    each.loading = 'eager';
    return each.decode().catch(() => undefined);
  }),
).then(() => undefined)`;

const CSV = 'custom_id,source,x_scale\na,https://cdn.example.com/a.jpg,2\nb,https://cdn.example.com/b.jpg,9\n';

/** What is drawn is all there, and nothing is asked for any more. */
const settled = async (page: Page): Promise<void> => {
  await page.getByText(/^(Loading …|加载中…)$/).waitFor({ state: 'detached' });
  await page.waitForLoadState('networkidle').catch(() => undefined);
  await page.evaluate(PICTURES_DECODED);
};

const goTo =
  (path: string, seen: string) =>
  async (page: Page, address: string): Promise<void> => {
    await page.goto(`${address}/#/${path}`);
    await page.locator(seen).first().waitFor();
  };

/** In the order in which they stand in docs/console.md; each leaves the page as it is to be seen. */
export const PAGES: Readonly<Record<string, (page: Page, address: string) => Promise<void>>> = {
  'overview-idle': goTo('', '.codes a'),
  batch: goTo('batches/spring', '.report a'),
  batches: goTo('batches', 'tbody tr'),
  'dead-letters': goTo('dead-letters', 'tbody tr'),
  'dead-letter': async (page, address) => {
    await goTo('dead-letters', 'tbody tr')(page, address);
    // One whose picture can be shown.
    const row = page.locator('tbody tr').filter({ hasText: 'ImageContent' }).first();
    await row.locator('th a').click();
    await page.locator('.frame-view image').waitFor();
  },
  thumbnails: goTo('gallery/spring', '.grid img'),
  gallery: async (page, address) => {
    await goTo('gallery/spring', '.grid a')(page, address);
    await page.locator('.grid a').first().click();
    await page.locator('.compare image').nth(1).waitFor();
  },
  'new-batch': async (page, address) => {
    await page.goto(`${address}/#/new-batch`);
    const file = { name: 'autumn.csv', mimeType: 'text/csv', buffer: Buffer.from(CSV) };
    await page.locator('input[type=file]').setInputFiles(file);
    await page.locator('.confirm').waitFor();
  },
  schedules: async (page, address) => {
    await goTo('schedules', 'main section caption')(page, address);
    await page.getByText(/^(no manifest|没有清单)$/).waitFor();
  },
};

/** The page as a person sees it, as far as one screen goes, or all of it. */
export const photograph = async (page: Page, path: string, fullPage = false): Promise<void> => {
  await settled(page);
  await page.screenshot({ path, fullPage });
  process.stdout.write(`${path}\n`);
};
