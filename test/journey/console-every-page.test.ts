// Every page of the console with real rows in it, in both languages, wide and on a phone, by day and night: readable by all, from this server alone.
import { text } from 'node:stream/consumers';
import { readDefinition } from '@outpaint/producer/schedule/definition';
import { createScheduleStore } from '@outpaint/shared/batch/schedule-store';
import type { BatchName } from '@outpaint/shared/contract/ids';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { seriousFaults } from '../support/axe.ts';
import { BROWSER_TEST_MS, buildConsole, needsChromium, openBrowser, startServer } from '../support/browser.ts';
import { type Stack, startStack } from '../support/stack.ts';
import { requestOf } from '../support/stores.ts';

const SPRING = 'spring' as BatchName;
const CODE = 'InvalidParameter.ImageContent';

/** Three delivered, two dead-lettered, a schedule. */
const startScene = async (): Promise<{ stack: Stack; dead: string; good: string; stop(): Promise<void> }> => {
  const stack = await startStack();
  stack.sandbox.faults.add({ at: 'task', source: 'bad', code: CODE, message: 'no content' });
  const names = ['one', 'two', 'three', 'bad-one', 'bad-two'];
  const ids = await stack.accept(
    SPRING,
    names.map((name) => requestOf(name, SPRING, { source: stack.sandbox.pictureUrl(`${name}.jpg`) })),
  );
  await stack.batches.seal(SPRING);
  const worker = await stack.startWorker();
  await stack.waitUntilFinished(SPRING);
  await stack.waitForBatch(SPRING, 'reported', ({ reportedAt }) => reportedAt !== null);
  const wish = { name: 'nightly', cron: '0 2 * * *', time_zone: 'Asia/Shanghai', manifest: 's3://feeds/{date}.csv' };
  await createScheduleStore(stack.redis, stack.keys).put(readDefinition(wish, Date.now()), Date.now());
  const [good = '', dead = ''] = [ids[0], ids[3]];
  return { stack, dead, good, stop: async () => void (await worker.kill('SIGTERM')) };
};

const HEADINGS = {
  'en-GB': ['Overview', 'Batches', 'Gallery', 'Dead letters', 'New batch', 'Schedules'],
  'zh-CN': ['总览', '批次', '图库', '失败件', '新建批次', '定时任务'],
} as const;

interface PageWish {
  readonly path: string;
  /** What must stand there before the page is judged. */
  readonly seen: string;
  readonly heading: string;
  /** Of the tab, behind the name of the console. */
  readonly title: string;
}

const pagesOf = (dead: string, good: string, locale: keyof typeof HEADINGS): readonly PageWish[] => {
  const [overview, batches, gallery, letters, newBatch, schedules] = HEADINGS[locale];
  const page = (path: string, seen: string, heading: string, title: string) => ({ path, seen, heading, title });
  return [
    page('', '.codes a', overview, overview),
    page('batches', 'tbody th a', batches, batches),
    page('batches/spring', '.course svg', 'spring', `${batches} – spring`),
    page(`batches/spring?status=dead_lettered&code=${CODE}`, '.filter input', 'spring', `${batches} – spring`),
    page('gallery', '.codes a', gallery, gallery),
    page('gallery/spring', '.grid img', `${gallery}: spring`, `${gallery} – spring`),
    page(`gallery/spring/${good}`, '.compare image', `${gallery}: spring`, `${gallery} – spring`),
    page('dead-letters', 'tbody th a', letters, letters),
    page('dead-letters?batch=spring', 'tbody th a', letters, letters),
    page(`dead-letters/${dead}`, '.frame-view image', 'bad-one', letters),
    page('new-batch', 'fieldset.drop', newBatch, newBatch),
    page('schedules', 'main h2', schedules, schedules),
  ];
};

describe('every page', () => {
  beforeEach(needsChromium);

  beforeAll(buildConsole);

  test(
    'fits, is found faultless, and asks nobody but this server, in each language at each width',
    async () => {
      const { stack, dead, good, stop } = await startScene();
      const server = await startServer(stack);
      const open = await openBrowser();
      const looks = [
        { locale: 'en-GB', width: 1200, colorScheme: 'light' },
        { locale: 'en-GB', width: 390, colorScheme: 'dark' },
        { locale: 'zh-CN', width: 1200, colorScheme: 'dark' },
        { locale: 'zh-CN', width: 390, colorScheme: 'light' },
      ] as const;
      for (const look of looks) {
        const { page, requests, complaints } = await open(look);
        const policies: string[] = [];
        page.on('response', (response) => {
          const { 'content-type': type = '', 'content-security-policy': policy = 'none' } = response.headers();
          if (type.startsWith('text/html')) policies.push(policy);
        });
        for (const { path, seen, heading, title } of pagesOf(dead, good, look.locale)) {
          const where = `${look.locale} ${look.width} ${look.colorScheme} #/${path}`;
          await page.goto(`${server.address}/#/${path}`);
          await page.locator(seen).first().waitFor();
          await page.waitForLoadState('networkidle');
          expect(`${where}: ${await page.evaluate('document.documentElement.lang')}`).toBe(`${where}: ${look.locale}`);
          const nav = await page.locator('header nav a').allTextContents();
          expect(nav).toEqual(expect.arrayContaining([...HEADINGS[look.locale]]));
          expect([where, await page.locator('h1').allTextContents()]).toEqual([where, [heading]]);
          expect([where, await page.title()]).toEqual([where, `outpaint – ${title}`]);
          const width = Number(await page.evaluate('document.documentElement.scrollWidth'));
          expect(width, where).toBeLessThanOrEqual(look.width);
          expect(await seriousFaults(page), where).toEqual([]);
        }
        await page.goto(`${server.address}/queues`);
        await page.getByText('dead-letter').first().waitFor();
        await page.waitForLoadState('networkidle');

        expect(requests.filter(({ url }) => !url.startsWith(server.address)).map(({ url }) => url)).toEqual([]);
        expect(policies.length).toBeGreaterThan(1);
        for (const policy of policies) {
          expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
          expect(policy).not.toMatch(/unsafe|https?:|\*/);
        }
        expect(complaints).toEqual([]);
        await page.close();
      }
      await Promise.all([stop(), server.stop()]);
    },
    2 * BROWSER_TEST_MS,
  );

  test(
    'of a batch takes a budget, filters by code, gives the report, retries, and is worked by keyboard',
    async () => {
      const { stack, dead, stop } = await startScene();
      const server = await startServer(stack);
      const { page, complaints } = await (await openBrowser())();
      await page.goto(`${server.address}/#/batches/spring`);
      await page.getByText('Change the budget').click();
      await page.getByLabel(/^New budget/).fill('7.5');
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByText('of ¥7.50').first().waitFor();
      expect((await stack.batch(SPRING)).budgetMicro).toBe(7_500_000);

      const code = page.getByLabel('Code', { exact: true });
      await code.fill('InternalError.Algo');
      await page.getByRole('button', { name: 'Filter' }).click();
      await page.getByText('No such rows.').waitFor();
      await code.fill(CODE);
      await page.getByRole('button', { name: 'Filter' }).click();
      await page.getByRole('link', { name: 'bad-two' }).waitFor();

      const download = page.waitForEvent('download');
      await page.getByRole('link', { name: 'CSV' }).click();
      const lines = (await text(await (await download).createReadStream())).trim().split(/\r?\n/);
      expect([lines.length, (await download).suggestedFilename()]).toEqual([6, 'spring.csv']);

      stack.sandbox.faults.clear();
      await page.getByRole('button', { name: 'Retry failed rows' }).click();
      await page.getByText(/^2 rows are at work again/).waitFor();
      await page.getByText('5 of 5').waitFor();
      await stack.waitForBatch(SPRING, 'all delivered', ({ counts }) => counts.delivered === 5);
      expect(stack.sandbox.ledger.billed()).toBe(5);
      expect(dead).not.toBe('');
      expect(complaints).toEqual([]);
      await Promise.all([stop(), server.stop()]);
    },
    BROWSER_TEST_MS,
  );

  test(
    'of a dead letter is reached with Tab in the order in which it is read, and no place is left out',
    async () => {
      const { stack, dead, stop } = await startScene();
      const server = await startServer(stack);
      const { page } = await (await openBrowser())();
      await page.goto(`${server.address}/#/dead-letters/${dead}`);
      await page.locator('.frame-view image').waitFor();
      const places = `[...document.querySelectorAll('main a[href], main button:not(:disabled), main input:not(:disabled), main select:not(:disabled), main summary')].filter((e) => e.checkVisibility())`;
      const count = Number(await page.evaluate(`${places}.length`));
      expect(count).toBeGreaterThan(5);
      await page.locator('main').focus();
      const met: number[] = [];
      for (let i = 0; i < count; i += 1) {
        await page.keyboard.press('Tab');
        met.push(Number(await page.evaluate(`${places}.indexOf(document.activeElement)`)));
      }
      expect(met).toEqual(Array.from({ length: count }, (_, i) => i));
      await Promise.all([stop(), server.stop()]);
    },
    BROWSER_TEST_MS,
  );
});
