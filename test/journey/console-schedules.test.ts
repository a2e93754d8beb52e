// Schedules in the console: when they run next, paused and taken up again, and past dates made up for.
import { readDefinition } from '@outpaint/producer/schedule/definition';
import { createScheduleStore } from '@outpaint/shared/batch/schedule-store';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { seriousFaults } from '../support/axe.ts';
import { BROWSER_TEST_MS, buildConsole, needsChromium, openBrowser, startServer } from '../support/browser.ts';
import { startStack } from '../support/stack.ts';
import { waitFor } from '../support/wait-for.ts';

describe('the schedules', () => {
  beforeEach(needsChromium);

  beforeAll(buildConsole);

  test(
    'show their next runs, pause and resume by a click, and run past dates',
    async () => {
      const stack = await startStack();
      const schedules = createScheduleStore(stack.redis, stack.keys);
      const wish = {
        name: 'nightly',
        cron: '0 2 * * *',
        time_zone: 'Asia/Shanghai',
        manifest: 's3://feeds/{date}.csv',
      };
      await schedules.put(readDefinition(wish, Date.now()), Date.now());
      const server = await startServer(stack);
      const { page, complaints } = await (await openBrowser())({ locale: 'zh-CN', width: 390 });
      await page.goto(`${server.address}/#/schedules`);
      await page.getByRole('heading', { name: 'nightly' }).waitFor();
      expect(await page.getByText('(Asia/Shanghai) =').count()).toBe(5);
      await page.getByRole('button', { name: '暂停' }).click();
      await page.getByRole('button', { name: '继续' }).waitFor();
      expect((await schedules.read('nightly'))?.paused).toBe(true);
      await page.getByRole('button', { name: '继续' }).click();
      await page.getByRole('button', { name: '暂停' }).waitFor();
      await page.getByText('补跑', { exact: true }).first().click();
      await page.getByLabel('从').fill('2026-01-05');
      await page.getByLabel('到').fill('2026-01-06');
      await page.getByRole('button', { name: '补跑' }).click();
      await page.getByText('将运行 2 个时段').waitFor();
      await page.getByRole('button', { name: '立即运行' }).click();
      await page.getByText(/十秒内运行，批次名为 nightly-\d{4}-\d\d-\d\d-\d{6}/).waitFor();
      await waitFor('the run waits, too', async () => (await schedules.firings('nightly', 10)).length === 3);

      await page.getByRole('rowheader', { name: /2026-01-05/ }).waitFor();
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
      expect(await seriousFaults(page)).toEqual([]);
      expect(complaints).toEqual([]);
      await server.stop();
    },
    BROWSER_TEST_MS,
  );
});
