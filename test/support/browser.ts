// A real Chromium on a console that is served as users get it; what every page asks for and answers is kept.
import { execFile } from 'node:child_process';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { onTestFinished, type TestContext } from 'vitest';
import { spawnProgram } from './child.ts';
import { CHROMIUM } from './chromium.ts';
import type { Stack } from './stack.ts';

/** A browser, a worker and a server on a machine that is busy with other tests. */
export const BROWSER_TEST_MS = 400_000;
const REPOSITORY = resolve(import.meta.dirname, '../..');

/** A `beforeEach` of tests that drive a browser: without one on this machine they are skipped, and say so. */
export const needsChromium = ({ skip }: Pick<TestContext, 'skip'>): void => {
  if (CHROMIUM === null) skip('no Chromium on this machine: apt-get install chromium, or CHROMIUM=/path');
};

/** As `pnpm build` and `pnpm serve` make it. */
export const buildConsole = async (): Promise<void> => {
  const vite = join(REPOSITORY, 'apps/console/node_modules/vite/bin/vite.js');
  await promisify(execFile)(process.execPath, [vite, 'build', '--logLevel', 'warn'], {
    cwd: join(REPOSITORY, 'apps/console'),
  });
};

/** A server of the stack; stop it before the test ends. */
export const startServer = async (
  stack: Pick<Stack, 'env'>,
  env: Record<string, string> = {},
): Promise<{ readonly address: string; stop(): Promise<unknown> }> => {
  const server = spawnProgram('apps/producer/src/main.ts', {
    env: { ...stack.env, HTTP_PORT: '0', ...env },
    args: ['serve', '--no-schedules'],
  });
  const [, address = ''] = await server.waitForLine(/"address":"(http:[^"]+)"/);
  return { address, stop: () => server.kill('SIGTERM') };
};

export interface Seen {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface OpenPage {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Every request of the page so far. */
  readonly requests: readonly Seen[];
  /** What the page complained about: errors, and what its policy refused. */
  readonly complaints: readonly string[];
}

export interface PageWish {
  readonly locale?: 'en-GB' | 'zh-CN';
  readonly width?: number;
  readonly colorScheme?: 'light' | 'dark';
}

/** Closed with the test. */
export const openBrowser = async (): Promise<(wish?: PageWish) => Promise<OpenPage>> => {
  const browser: Browser = await chromium.launch({
    executablePath: CHROMIUM ?? '',
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
  });
  onTestFinished(() => browser.close());
  return async ({ locale = 'en-GB', width = 1200, colorScheme = 'light' } = {}) => {
    const context = await browser.newContext({ locale, colorScheme, viewport: { width, height: 800 } });
    context.setDefaultTimeout(60_000);
    const page = await context.newPage();
    const requests: Seen[] = [];
    const complaints: string[] = [];
    page.on('request', (request) => requests.push({ url: request.url(), headers: request.headers() }));
    page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(`console: ${message.text()}`);
    });
    return { page, context, requests, complaints };
  };
};
