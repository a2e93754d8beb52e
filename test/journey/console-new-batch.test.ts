// The console takes a file, shows its plan, starts it with a budget and follows it to its pictures.
import type { BatchName } from '@outpaint/shared/contract/ids';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { seriousFaults } from '../support/axe.ts';
import { BROWSER_TEST_MS, buildConsole, needsChromium, openBrowser, startServer } from '../support/browser.ts';
import { startStack } from '../support/stack.ts';

describe('a new batch', () => {
  beforeEach(needsChromium);

  beforeAll(buildConsole);

  test(
    'is dropped, planned, confirmed, watched to its end and looked at, before and after',
    async () => {
      const stack = await startStack();
      const worker = await stack.startWorker();
      const server = await startServer(stack);
      const { page, requests, complaints } = await (await openBrowser())();
      const row = (name: string, scale: string) => `${name},${stack.sandbox.pictureUrl(`${name}.jpg`)},${scale}`;
      const text = ['custom_id,source,x_scale', row('one', '2'), row('two', '1.5'), row('three', '9')].join('\n');

      await page.goto(`${server.address}/#/new-batch`);
      const transfer = await page.evaluateHandle(
        `(() => { const data = new DataTransfer(); data.items.add(new File([${JSON.stringify(text)}], 'Spring shoes.csv')); return data; })()`,
      );
      await page.locator('fieldset.drop').dispatchEvent('drop', { dataTransfer: transfer });
      await page.getByRole('row', { name: /^4 parameters\.x_scale must be a number from 1\.0 to 3\.0/ }).waitFor();
      await page.getByText('¥0.36').waitFor();
      expect(await seriousFaults(page)).toEqual([]);
      expect(await stack.batches.read('Spring-shoes' as BatchName)).toBe(null);

      await page.getByLabel('Leave out rows with problems').check();
      await page.getByLabel('Budget').fill('1');
      await page.getByRole('button', { name: 'Start the batch' }).click();
      await page.getByRole('heading', { name: 'Spring-shoes' }).waitFor();
      await page.getByText('2 of 2').waitFor();
      await page.getByText('¥0.36 of ¥1.00').waitFor();
      expect(await seriousFaults(page)).toEqual([]);
      expect([
        (await stack.batch('Spring-shoes' as BatchName)).counts.delivered,
        stack.sandbox.ledger.billed(),
      ]).toEqual([2, 2]);

      await page.getByRole('link', { name: 'Look at the pictures' }).click();
      await page.getByRole('listitem').getByText('two').click();
      await page.getByRole('img', { name: 'Before and after: two' }).waitFor();
      await page.locator('.compare image').nth(1).waitFor();
      await page.getByRole('slider').fill('20');
      expect(await seriousFaults(page)).toEqual([]);
      const download = page.waitForEvent('download');
      await page.getByRole('link', { name: 'Download' }).click();
      expect((await download).suggestedFilename()).toBe('two.jpg');
      const first = await page.locator('main h2').first().textContent();
      await page.keyboard.press(
        first === (await page.locator('.grid span').first().textContent()) ? 'ArrowRight' : 'ArrowLeft',
      );
      await page.getByRole('img', { name: 'Before and after: one' }).waitFor();

      expect(requests.filter(({ url }) => !/^(blob:)?http:\/\/127/.test(url))).toEqual([]);
      expect(complaints).toEqual([]);
      await Promise.all([worker.kill('SIGTERM'), server.stop()]);
    },
    BROWSER_TEST_MS,
  );
});
