// Many rows in the console: a page has an address of its own, a picture of any page can be linked to, and the keyboard goes on over the edge of a page.
import type { BatchName } from '@outpaint/shared/contract/ids';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { BROWSER_TEST_MS, buildConsole, needsChromium, openBrowser, startServer } from '../support/browser.ts';
import { startStack } from '../support/stack.ts';
import { requestOf } from '../support/stores.ts';

const SPRING = 'spring' as BatchName;
/** Two pages of rows, three of pictures. */
const ROWS = 52;
/** On a machine that is busy with other tests. */
const SOON = { timeout: 60_000 };

describe('pages of rows and pictures', () => {
  beforeEach(needsChromium);

  beforeAll(buildConsole);

  test(
    'are walked through by clicks, keys and the buttons of the browser, and no picture is passed over',
    async () => {
      const stack = await startStack();
      const names = Array.from({ length: ROWS }, (_, i) => `row-${i}`);
      await stack.accept(
        SPRING,
        names.map((name) => requestOf(name, SPRING, { source: stack.sandbox.pictureUrl(`${name}.jpg`) })),
      );
      await stack.batches.seal(SPRING);
      const worker = await stack.startWorker();
      await stack.waitUntilFinished(SPRING, 180_000);
      const server = await startServer(stack);
      const { page, complaints } = await (await openBrowser())();
      const texts = (where: string) => page.locator(where).allTextContents();

      await page.goto(`${server.address}/#/batches/spring?status=delivered`);
      await expect.poll(async () => (await texts('tbody th')).length, SOON).toBe(50);
      const first = await texts('tbody th');
      await page.getByRole('link', { name: 'Next page' }).click();
      await expect.poll(async () => (await texts('tbody th')).length, SOON).toBe(ROWS - 50);
      const all = [...first, ...(await texts('tbody th'))];
      expect([...all].sort()).toEqual([...names].sort());
      // The page is where its address says, after a reload and with the browser's own button.
      await page.reload();
      await expect.poll(() => texts('tbody th'), SOON).toEqual(all.slice(50));
      await page.goBack();
      await expect.poll(() => texts('tbody th'), SOON).toEqual(first);
      await page.goForward();
      await expect.poll(() => texts('tbody th'), SOON).toEqual(all.slice(50));

      // The last of all stands on the third page of the gallery: its link shows it all the same.
      const heading = page.locator('main h2');
      await page.getByRole('link', { name: all[ROWS - 1] ?? '', exact: true }).click();
      await page.locator('.compare image').nth(1).waitFor();
      expect(await heading.textContent()).toBe(all[ROWS - 1]);

      await page.goto(`${server.address}/#/gallery/spring`);
      await expect.poll(() => texts('.grid span'), SOON).toEqual(all.slice(0, 24));
      await page.locator('.grid a').nth(22).click();
      const walked: (string | null)[] = [];
      for (const key of ['ArrowRight', 'ArrowRight', 'ArrowRight', 'ArrowLeft', 'ArrowLeft', 'ArrowLeft']) {
        const before = await heading.textContent();
        await page.keyboard.press(key);
        await expect.poll(() => heading.textContent(), SOON).not.toBe(before);
        walked.push(await heading.textContent());
      }
      expect(walked).toEqual([23, 24, 25, 24, 23, 22].map((i) => all[i]));
      // Whoever presses faster than pages come gets there too.
      for (let i = 0; i < 5; i++) await page.keyboard.press('ArrowRight');
      await expect.poll(() => heading.textContent(), SOON).toBe(all[27]);
      for (let i = 0; i < 5; i++) await page.keyboard.press('ArrowLeft');
      await expect.poll(() => heading.textContent(), SOON).toBe(all[22]);
      // The button that turned the page keeps the focus, so that it can be pressed again.
      const next = page.getByRole('button', { name: 'Next', exact: true });
      await next.focus();
      for (const i of [23, 24]) {
        await page.keyboard.press('Enter');
        await expect.poll(() => heading.textContent(), SOON).toBe(all[i]);
      }
      expect(await page.evaluate('document.activeElement.textContent')).toBe('Next');
      expect(complaints).toEqual([]);
      await Promise.all([worker.kill('SIGTERM'), server.stop()]);
    },
    BROWSER_TEST_MS,
  );
});
