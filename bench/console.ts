// Measure five: whether the console is as quick on a million rows as on a thousand, in a real Chromium and in the same minutes.
import { randomUUID } from 'node:crypto';
import { freePort } from '@outpaint/sandbox/services/free-port';
import { Redis } from 'ioredis';
import { chromium } from 'playwright-core';
import { type Deep, GALLERY_PAGE_ROWS, openView, turnPage, VIEWS } from './support/console-views.ts';
import { cursorBehind } from './support/deep-cursor.ts';
import { median } from './support/median.ts';
import { deliveredKey, seedConsole, seededCount } from './support/seed-console.ts';
import { seedPictures } from './support/seed-pictures.ts';
import type { BenchServices, BenchTerms } from './support/services.ts';
import { startProgram } from './support/worker-process.ts';

const SMALL_ROWS = 1_000;
/** What a script of ours may take at most. */
const SLOW_MS = 10;

interface Side {
  readonly rows: number;
  readonly address: string;
  /** Of each view, by its name: where it stands in the page. */
  readonly hashes: ReadonlyMap<string, string>;
  stop(): Promise<void>;
}

/** How many rows stand before a deep page; the last page that is full where there are not so many. */
const rowsBefore = ({ list, pageRows, page }: Deep, rows: number): number => {
  const pages = Math.floor(seededCount(rows, list.includes('dead-letters') ? 'dead' : 'delivered') / pageRows);
  return (page === 'middle' ? Math.floor(pages / 2) : Math.min(pages, page) - 1) * pageRows;
};

const hashesOf = async (address: string, rows: number): Promise<Map<string, string>> => {
  const hashes = new Map<string, string>();
  for (const { name, hash, deep } of VIEWS) {
    const cursor = deep === undefined ? null : await cursorBehind(address, deep.list, rowsBefore(deep, rows));
    hashes.set(name, cursor === null ? hash : `${hash}&cursor=${cursor}`);
  }
  return hashes;
};

/** For each page of a gallery that is opened or turned to. */
const pictureKeys = (rows: number): string[] => {
  const nths = VIEWS.filter(({ hash }) => hash.startsWith('#/gallery')).flatMap(({ deep, turns }) => {
    const first = deep === undefined ? 0 : rowsBefore(deep, rows);
    return Array.from({ length: (1 + turns) * GALLERY_PAGE_ROWS }, (_, i) => first + i);
  });
  return [...new Set(nths)].map((nth) => deliveredKey(rows, nth));
};

const startSide = async (services: BenchServices, redis: Redis, rows: number, say: (line: string) => void) => {
  const namespace = `bench-console-${randomUUID().slice(0, 8)}`;
  const from = performance.now();
  await seedConsole(redis, namespace, rows);
  say(`  ${rows} rows, ${rows / 10} letters: made in ${((performance.now() - from) / 1_000).toFixed(0)} s`);
  const keys = pictureKeys(rows);
  const bytes = await seedPictures(services, keys);
  say(`  ${keys.length} pictures of ${bytes} bytes in the bucket`);
  const port = await freePort();
  const program = await startProgram(
    'apps/producer/src/main.ts',
    {
      ...services.storeEnv,
      REDIS_URL: services.redisUrl,
      OUTPAINT_NAMESPACE: namespace,
      DASHSCOPE_API_KEY: 'sk-bench',
      HTTP_PORT: String(port),
      HTTP_RATE_PER_MINUTE: '1000000',
      LOG_FORMAT: 'json',
    },
    '"address"',
    ['serve', '--no-schedules'],
  );
  const address = `http://127.0.0.1:${port}`;
  try {
    return { rows, address, hashes: await hashesOf(address, rows), stop: () => program.stop() } satisfies Side;
  } catch (error) {
    await program.stop();
    throw error;
  }
};

/**
 * Commands of Redis that took too long while pages were looked at. On a machine that does other work Redis itself is kept
 * waiting now and then, whatever it does: what is slow by its own work is slow on the large side alone, and each time.
 */
const slowCommands = async (redis: Redis): Promise<string[]> => {
  const entries = (await redis.slowlog('GET', 128)) as [number, number, number, string[]][];
  return entries.map(
    ([, , micros, [command, key = '']]) => `${command} ${key.slice(0, 60)}: ${(micros / 1_000).toFixed(1)} ms`,
  );
};

/** `chromium` is the path of one; `rows` of the large side, a million unless told otherwise. */
export const createConsoleMeasure =
  (o: { readonly chromium: string | undefined; readonly rows: number }) =>
  async (services: BenchServices, { rounds }: BenchTerms, say: (line: string) => void): Promise<void> => {
    say(`console: first views and turned pages at ${SMALL_ROWS} and at ${o.rows} rows, ${rounds} rounds by turns`);
    const redis = new Redis(services.redisUrl);
    const sides: Side[] = [];
    const browser = await chromium.launch({
      executablePath: o.chromium ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
    });
    try {
      // A million rows need not be safe on the disk one by one.
      await redis.config('SET', 'appendfsync', 'no');
      for (const rows of [SMALL_ROWS, o.rows]) sides.push(await startSide(services, redis, rows, say));
      await redis.config('SET', 'appendfsync', 'always');
      await redis.config('SET', 'slowlog-log-slower-than', SLOW_MS * 1_000);
      await redis.slowlog('RESET');
      const times = new Map<string, number[]>();
      const keep = (rows: number, name: string, ms: number): void => {
        const key = `${rows} ${name}`;
        times.set(key, [...(times.get(key) ?? []), ms]);
      };
      // One round more than is counted: the first compiles and connects.
      for (let round = 0; round <= rounds; round += 1) {
        for (const view of VIEWS) {
          for (const { rows, address, hashes } of round % 2 === 0 ? sides : [...sides].reverse()) {
            const context = await browser.newContext({ locale: 'en-GB', viewport: { width: 1200, height: 800 } });
            const page = await context.newPage();
            page.setDefaultTimeout(60_000);
            const opened = await openView(page, address, hashes.get(view.name) ?? '', view);
            if (round > 0) keep(rows, view.name, opened);
            for (let turn = 0; turn < view.turns; turn += 1) {
              const turned = await turnPage(page, view);
              if (round > 0) keep(rows, `${view.name}, next page`, turned);
            }
            await context.close();
          }
        }
      }
      for (const name of VIEWS.flatMap((view) => [view.name, ...(view.turns > 0 ? [`${view.name}, next page`] : [])])) {
        const [small, large] = [SMALL_ROWS, o.rows].map((rows) => median(times.get(`${rows} ${name}`) ?? []));
        say(
          `    ${name}: ${small?.toFixed(0)} ms → ${large?.toFixed(0)} ms, ratio ${((large ?? 0) / (small ?? 1)).toFixed(2)}`,
        );
      }
      const slow = await slowCommands(redis);
      say(`  commands of Redis beyond ${SLOW_MS} ms: ${slow.length === 0 ? 'none' : slow.join('; ')}`);
    } finally {
      await browser.close();
      for (const side of sides) await side.stop();
      redis.disconnect();
    }
  };
