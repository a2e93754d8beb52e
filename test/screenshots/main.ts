// `pnpm screenshots`: every page of the console with the demo's catalog in it, as the pictures of docs/console.md; `--all FOLDER` in every look.
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { faultsOf } from '@outpaint/sandbox/demo/demo-row';
import { DEMO_ROWS } from '@outpaint/sandbox/demo/demo-rows';
import { manifestCsv } from '@outpaint/sandbox/demo/manifest-csv';
import { DEMO_SANDBOX, DEMO_SETTINGS } from '@outpaint/sandbox/demo/pace';
import { portOrFree } from '@outpaint/sandbox/stack/port-or-free';
import { runAlone } from '@outpaint/sandbox/stack/run-alone';
import { runCli } from '@outpaint/sandbox/stack/run-cli';
import { startStack } from '@outpaint/sandbox/stack/start-stack';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { CHROMIUM } from '../support/chromium.ts';
import { PAGES, photograph } from './pages.ts';

const TARGET = resolve(import.meta.dirname, '../../docs/images');
const PORT_WISHED = 8620;
/** On a machine that is busy with other things. */
const PAGE_MS_MAX = 120_000;
const SCHEDULE = [
  'nightly',
  '--cron',
  '0 2 * * *',
  '--tz',
  'Asia/Shanghai',
  '--manifest',
  's3://pictures/feeds/{date}.csv',
];
/** Some rows are through and some at work: then the overview is of interest. */
const HALF_WAY = /\b(?:[6-9]|1\d|2[0-2]) delivered/;

const WIDE = { width: 1200, height: 800 };
const PHONE = { width: 390, height: 800 };
const DAY: BrowserContextOptions = { viewport: WIDE, locale: 'en-GB', colorScheme: 'light' };
const LOOKS: Readonly<Record<string, BrowserContextOptions>> = {
  'en-day': DAY,
  'en-night-phone': { viewport: PHONE, locale: 'en-GB', colorScheme: 'dark' },
  'zh-night': { viewport: WIDE, locale: 'zh-CN', colorScheme: 'dark' },
  'zh-day-phone': { viewport: PHONE, locale: 'zh-CN', colorScheme: 'light' },
};

const { values } = parseArgs({ options: { all: { type: 'string' } } });

const openPage = async (browser: Browser, look: BrowserContextOptions | undefined): Promise<Page> => {
  const page = await (await browser.newContext(look)).newPage();
  page.setDefaultTimeout(PAGE_MS_MAX);
  return page;
};

/** Those of the document: by day in English, and two in Chinese at night, one of them on a phone. */
const forDocument = async (browser: Browser, address: string): Promise<void> => {
  const page = await openPage(browser, DAY);
  for (const [name, open] of Object.entries(PAGES)) {
    if (name === 'overview-idle') continue;
    await open(page, address);
    await photograph(page, join(TARGET, `console-${name}.png`));
  }
  await page.goto(`${address}/queues/queue/dead-letter`);
  await page.getByText(/^x_/).first().waitFor();
  await photograph(page, join(TARGET, 'console-queues.png'));
  const night = { locale: 'zh-CN', colorScheme: 'dark' } as const;
  for (const [name, viewport, file] of [
    ['batch', WIDE, 'night'],
    ['overview-idle', PHONE, 'phone'],
  ] as const) {
    const other = await openPage(browser, { ...night, viewport });
    await PAGES[name]?.(other, address);
    await photograph(other, join(TARGET, `console-${file}.png`));
  }
};

/** Each page in each look, to its end, for somebody who judges them. */
const forJudging = async (browser: Browser, address: string, folder: string): Promise<void> => {
  await mkdir(folder, { recursive: true });
  for (const [look, wish] of Object.entries(LOOKS)) {
    const page = await openPage(browser, wish);
    for (const [name, open] of Object.entries(PAGES)) {
      await open(page, address);
      await photograph(page, join(folder, `${name}-${look}.png`), true);
    }
  }
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
  const { address } = await stack.startServer();
  await stack.startWorker();
  const manifest = join(dir, 'spring.csv');
  await writeFile(manifest, manifestCsv(DEMO_ROWS, stack.controlUrl));
  await runCli(['schedule', 'add', ...SCHEDULE], stack.env);
  // A night of which the manifest is not there, and what comes of it.
  await runCli(['schedule', 'run', 'nightly'], stack.env);
  if (CHROMIUM === null) throw new Error('There is no Chromium here: apt-get install chromium, or CHROMIUM=/path.');
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu'] });
  stopLater(() => browser.close());
  const page = await openPage(browser, DAY);
  await page.goto(address);
  const done = runCli(['run', manifest, '--keep-going', '--budget', '10'], stack.env);
  await page.locator('.progress').getByText(HALF_WAY).first().waitFor();
  await photograph(page, join(values.all ?? TARGET, 'console-overview.png'));
  await done;
  await (values.all === undefined ? forDocument(browser, address) : forJudging(browser, address, values.all));
});
if (run.kind !== 'done') process.stderr.write(`${JSON.stringify(run)}\n`);
process.exit(run.kind === 'done' ? 0 : 1);
