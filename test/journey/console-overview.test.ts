// The console's first page in a real browser: what runs, what it costs and what failed, as it happens.
import type { BatchName } from '@outpaint/shared/contract/ids';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { seriousFaults } from '../support/axe.ts';
import { BROWSER_TEST_MS, buildConsole, needsChromium, openBrowser, startServer } from '../support/browser.ts';
import { startStack } from '../support/stack.ts';
import { requestOf } from '../support/stores.ts';

const SPRING = 'spring' as BatchName;

describe('the overview', () => {
  beforeEach(needsChromium);

  beforeAll(buildConsole);

  test(
    'shows a batch from its first row to its end without a reload, in both languages, by day and night, on a phone',
    async () => {
      const stack = await startStack({ sandbox: { serviceMsMedian: 300 } });
      stack.sandbox.faults.add({ at: 'task', source: 'bad', code: 'InvalidParameter.ImageContent', message: 'no' });
      const server = await startServer(stack);
      const { address } = server;
      const open = await openBrowser();
      const { page, requests, complaints } = await open();
      await page.goto(address);
      await page.getByText('Nothing is at work.').waitFor();

      const names = ['a', 'b', 'c', 'bad', 'e'];
      await stack.accept(
        SPRING,
        names.map((name) => requestOf(name, SPRING, { source: stack.sandbox.pictureUrl(`${name}.jpg`) })),
      );
      await stack.batches.seal(SPRING);
      await page.getByRole('row', { name: /spring running 5 waiting/ }).waitFor();
      const worker = await stack.startWorker();
      await stack.waitUntilFinished(SPRING);
      await page.getByRole('row', { name: /spring finished 4 delivered · 1 dead-lettered.*5 of 5/ }).waitFor();
      await page.getByRole('link', { name: '1 InvalidParameter.ImageContent' }).waitFor();
      await page.getByText('¥0.72').first().waitFor();
      expect(await seriousFaults(page)).toEqual([]);

      await page.getByLabel('Language').selectOption('zh');
      await page.getByRole('heading', { name: '最近完成' }).waitFor();
      expect(await page.title()).toBe('outpaint – 总览');

      const phone = await open({ locale: 'zh-CN', width: 390, colorScheme: 'dark' });
      await phone.page.goto(address);
      await phone.page.getByRole('heading', { name: '总览' }).waitFor();
      await phone.page.getByRole('link', { name: 'spring' }).waitFor();
      expect(await phone.page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
      expect(await seriousFaults(phone.page)).toEqual([]);

      expect(requests.map(({ url }) => new URL(url).origin).filter((origin) => origin !== address)).toEqual([]);
      expect([...complaints, ...phone.complaints]).toEqual([]);
      await Promise.all([worker.kill('SIGTERM'), server.stop()]);
    },
    BROWSER_TEST_MS,
  );
});
