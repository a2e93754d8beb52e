// A failed row in the console: found, edited with the frame in view, redriven and delivered, by clicks alone.
import type { BatchName } from '@outpaint/shared/contract/ids';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { seriousFaults } from '../support/axe.ts';
import { BROWSER_TEST_MS, buildConsole, needsChromium, openBrowser, startServer } from '../support/browser.ts';
import { startStack } from '../support/stack.ts';
import { requestOf } from '../support/stores.ts';

const SPRING = 'spring' as BatchName;

describe('the dead-letter desk', () => {
  beforeEach(needsChromium);

  beforeAll(buildConsole);

  test(
    'finds, edits and redrives a row until it is delivered, billed once, and greys what has no effect',
    async () => {
      const stack = await startStack();
      stack.sandbox.faults.add({
        at: 'task',
        source: 'bad',
        code: 'InvalidParameter.ImageContent',
        message: 'no content',
      });
      await stack.accept(SPRING, [
        requestOf('good', SPRING, { source: stack.sandbox.pictureUrl('good.jpg') }),
        requestOf('bad', SPRING, { source: stack.sandbox.pictureUrl('bad.jpg') }),
      ]);
      await stack.batches.seal(SPRING);
      const worker = await stack.startWorker();
      await stack.waitUntilFinished(SPRING);
      const server = await startServer(stack);
      const { page, requests, complaints } = await (await openBrowser())();

      await page.goto(server.address);
      await page.getByRole('link', { name: 'Dead letters' }).click();
      await page.getByRole('link', { name: /1 InvalidParameter.ImageContent/ }).click();
      expect(await seriousFaults(page)).toEqual([]);
      await page.getByRole('link', { name: 'bad', exact: true }).click();
      await page.getByText('What helps').waitFor();
      await page.getByRole('img', { name: /^bad\. Frame:/ }).waitFor();
      await page.locator('.frame-view image').waitFor();

      const scale = page.getByLabel('x_scale');
      await scale.fill('1.5');
      const before = await page.locator('.frame-view figcaption').textContent();
      await scale.fill('2');
      await page.locator('.frame-view figcaption', { hasNotText: before ?? '' }).waitFor();
      await page.getByLabel('output_ratio').selectOption('16:9');
      expect(await scale.isDisabled()).toBe(true);
      await page.getByText('No effect: the ratio takes precedence.').first().waitFor();
      expect(await seriousFaults(page)).toEqual([]);
      await page.getByLabel('Source').fill(stack.sandbox.pictureUrl('mended.jpg'));
      await page.getByRole('button', { name: 'Save and redrive' }).click();
      await page.getByText('1 at work again').waitFor();
      await page.getByRole('status').getByRole('link', { name: 'spring' }).click();
      await page.getByText('2 of 2').waitFor();
      await page.getByText('2 delivered').first().waitFor();

      // The failed task was free; what was mended is the second and last picture that is paid.
      expect(stack.sandbox.ledger.billed()).toBe(2);
      expect(await stack.keysInBucket()).toHaveLength(2);
      expect(requests.filter(({ url }) => !url.startsWith(server.address))).toEqual([]);
      expect(complaints).toEqual([]);
      await Promise.all([worker.kill('SIGTERM'), server.stop()]);
    },
    BROWSER_TEST_MS,
  );

  test(
    'asks before it pays again, and leaves such a row where nobody says so',
    async () => {
      const stack = await startStack();
      stack.sandbox.faults.add({ at: 'result', kind: 'expired' } as never);
      await stack.accept(SPRING, [requestOf('late', SPRING, { source: stack.sandbox.pictureUrl('late.jpg') })]);
      await stack.batches.seal(SPRING);
      const worker = await stack.startWorker();
      await stack.waitUntilFinished(SPRING);
      expect((await stack.batch(SPRING)).counts.dead_lettered).toBe(1);
      const server = await startServer(stack);
      const { page } = await (await openBrowser())({ locale: 'zh-CN', width: 390 });
      await page.goto(`${server.address}/#/dead-letters`);
      await page.getByRole('link', { name: 'late', exact: true }).click();
      const redrive = page.getByRole('button', { name: '重投此行' });
      await redrive.waitFor();
      expect(await redrive.isDisabled()).toBe(true);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
      expect(await seriousFaults(page)).toEqual([]);
      stack.sandbox.faults.clear();
      await page.getByRole('checkbox', { name: /重投可能再付/ }).check();
      await redrive.click();
      await page.getByText('1 行重新开始').waitFor();
      await stack.waitUntilFinished(SPRING);
      expect([(await stack.batch(SPRING)).counts.delivered, stack.sandbox.ledger.billed()]).toEqual([1, 2]);
      await Promise.all([worker.kill('SIGTERM'), server.stop()]);
    },
    BROWSER_TEST_MS,
  );
});
