// `pnpm screenshots`: every page of the console with the demo's catalog in it, as the pictures of docs/console.md.
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { faultsOf } from '@outpaint/sandbox/demo/demo-row';
import { DEMO_ROWS } from '@outpaint/sandbox/demo/demo-rows';
import { manifestCsv } from '@outpaint/sandbox/demo/manifest-csv';
import { DEMO_SANDBOX, DEMO_SETTINGS } from '@outpaint/sandbox/demo/pace';
import { portOrFree } from '@outpaint/sandbox/stack/port-or-free';
import { runAlone } from '@outpaint/sandbox/stack/run-alone';
import { runCli } from '@outpaint/sandbox/stack/run-cli';
import { startStack } from '@outpaint/sandbox/stack/start-stack';
import { chromium, type Page } from 'playwright-core';
import { CHROMIUM } from '../support/chromium.ts';

const TARGET = resolve(import.meta.dirname, '../../docs/images');
const PORT_WISHED = 8620;
/** On a machine that is busy with other things. */
const PAGE_MS_MAX = 120_000;
const SCHEDULE = ['nightly', '--cron', '0 2 * * *', '--tz', 'Asia/Shanghai', '--manifest', 's3://feeds/{date}.csv'];

/** Pictures are there when they are decoded, in the page and inside drawings; what is broken is left as it is shown. */
const PICTURES_DECODED = `Promise.all(
  [...document.querySelectorAll('img, svg image')].map((each) => each.decode().catch(() => undefined)),
).then(() => undefined)`;

/** Each page, with what must be seen before it is photographed. */
const photograph = async (page: Page, address: string): Promise<void> => {
  const shot = async (name: string, path: string, seen: string): Promise<void> => {
    await page.goto(`${address}/#/${path}`);
    await page.locator(seen).first().waitFor();
    await page.getByText('Loading …').waitFor({ state: 'detached' });
    await page.waitForLoadState('networkidle').catch(() => undefined);
    await page.evaluate(PICTURES_DECODED);
    await page.screenshot({ path: join(TARGET, `console-${name}.png`) });
    process.stdout.write(`docs/images/console-${name}.png\n`);
  };
  await shot('batch', 'batches/spring', '.report a');
  await shot('batches', 'batches', 'tbody tr');
  await shot('dead-letters', 'dead-letters', 'tbody tr');
  // One whose picture can be shown.
  await page
    .getByRole('row', { name: /ImageContent/ })
    .first()
    .locator('th a')
    .click();
  await page.locator('.frame-view image').waitFor();
  await shot('dead-letter', new URL(page.url()).hash.slice(2), '.frame-view image');
  await page.goto(`${address}/#/gallery/spring`);
  await page.locator('.grid a').first().click();
  await page.locator('.compare image').nth(1).waitFor();
  await shot('gallery', new URL(page.url()).hash.slice(2), '.compare image');
  await page.goto(`${address}/#/new-batch`);
  const csv = 'custom_id,source,x_scale\na,https://cdn.example.com/a.jpg,2\nb,https://cdn.example.com/b.jpg,9\n';
  await page
    .locator('input[type=file]')
    .setInputFiles({ name: 'autumn.csv', mimeType: 'text/csv', buffer: Buffer.from(csv) });
  await shot('new-batch', 'new-batch', '.confirm');
  await shot('schedules', 'schedules', 'main h2');
  await page.goto(`${address}/queues/queue/dead-letter`);
  await page.getByText(/^x_/).first().waitFor();
  await page.screenshot({ path: join(TARGET, 'console-queues.png') });
};

const dir = join(tmpdir(), 'outpaint-screenshots');
await rm(dir, { recursive: true, force: true });
await mkdir(TARGET, { recursive: true });
const run = await runAlone(dir, async (stopLater) => {
  const settings = { ...DEMO_SETTINGS, HTTP_PORT: String(await portOrFree(PORT_WISHED)) };
  const sandbox = { ...DEMO_SANDBOX, SANDBOX_FAULTS: JSON.stringify(faultsOf(DEMO_ROWS)) };
  const say = (part: string, text: string) => void process.stdout.write(`${part}: ${text}\n`);
  const wish = { dir, env: process.env, bucket: 'pictures', sandbox, settings, say };
  const stack = await startStack(wish, stopLater);
  const server = await stack.startServer();
  await stack.startWorker();
  const manifest = join(dir, 'spring.csv');
  await writeFile(manifest, manifestCsv(DEMO_ROWS, stack.controlUrl));
  await runCli(['schedule', 'add', ...SCHEDULE], stack.env);
  if (CHROMIUM === null) throw new Error('There is no Chromium here: apt-get install chromium, or CHROMIUM=/path.');
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu'] });
  stopLater(() => browser.close());
  const context = await browser.newContext({ viewport: { width: 1200, height: 800 }, locale: 'en-GB' });
  const page = await context.newPage();
  page.setDefaultTimeout(PAGE_MS_MAX);
  await page.goto(server.address);
  const done = runCli(['run', manifest, '--keep-going', '--budget', '10'], stack.env);
  await page.locator('.progress').first().waitFor();
  await page.screenshot({ path: join(TARGET, 'console-overview.png') });
  await done;
  await photograph(page, server.address);
  const phone = await browser.newContext({
    viewport: { width: 390, height: 800 },
    locale: 'zh-CN',
    colorScheme: 'dark',
  });
  const small = await phone.newPage();
  await small.goto(server.address);
  await small.getByRole('heading', { name: '最近完成' }).waitFor();
  await small.screenshot({ path: join(TARGET, 'console-phone.png') });
});
if (run.kind !== 'done') process.stderr.write(`${JSON.stringify(run)}\n`);
process.exit(run.kind === 'done' ? 0 : 1);
