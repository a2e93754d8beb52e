// What a person does with a batch by clicks is what becomes of it: paused, taken up again, and cancelled when asked twice.
import type { BatchName } from '@outpaint/shared/contract/ids';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { BROWSER_TEST_MS, buildConsole, needsChromium, openBrowser, startServer } from '../support/browser.ts';
import { startStack } from '../support/stack.ts';
import { requestOf } from '../support/stores.ts';

const SPRING = 'spring' as BatchName;

describe('a batch', () => {
  beforeEach(needsChromium);

  beforeAll(buildConsole);

  test(
    'is paused, resumed and cancelled by its buttons, and pays for nothing that was withdrawn',
    async () => {
      const stack = await startStack();
      const names = ['a', 'b', 'c'];
      await stack.accept(
        SPRING,
        names.map((name) => requestOf(name, SPRING, { source: stack.sandbox.pictureUrl(`${name}.jpg`) })),
      );
      await stack.batches.seal(SPRING);
      const server = await startServer(stack);
      const { page, complaints } = await (await openBrowser())();
      const run = async (): Promise<string> => (await stack.batch(SPRING)).run;
      const state = (text: string | RegExp) => page.locator('.fact .state').getByText(text).waitFor();
      await page.goto(`${server.address}/#/batches/spring`);

      await page.getByRole('button', { name: 'Pause' }).click();
      await state('paused by a person');
      expect(await run()).toBe('paused');
      await page.getByRole('button', { name: 'Resume' }).click();
      await state('running');
      expect(await run()).toBe('running');

      // The first click only asks.
      await page.locator('summary', { hasText: 'Cancel batch' }).click();
      await page.getByText('Cancel the batch spring?').waitFor();
      expect(await run()).toBe('running');
      await page.getByRole('button', { name: 'Cancel batch' }).click();
      await state(/^cancell/);
      const worker = await stack.startWorker();
      await stack.waitForBatch(SPRING, 'cancelled', ({ counts }) => counts.cancelled === 3);
      await page.getByText('3 cancelled').first().waitFor();
      expect(stack.sandbox.ledger.billed()).toBe(0);
      expect(complaints).toEqual([]);

      await page.goto(`${server.address}/#/batches/autumn`);
      await page.getByRole('alert').getByText('There is no batch "autumn".').waitFor();
      await Promise.all([worker.kill('SIGTERM'), server.stop()]);
    },
    BROWSER_TEST_MS,
  );
});
