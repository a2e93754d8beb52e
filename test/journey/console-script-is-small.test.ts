// The console is quick to load over a bad line: its script, as it is built for people, stays small when compressed.
import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, expect, test } from 'vitest';
import { buildConsole } from '../support/browser.ts';

const ASSETS = resolve(import.meta.dirname, '../../apps/console/dist/assets');
const BYTES_MAX = 150 * 1_024;

beforeAll(buildConsole, 120_000);

test('all scripts of the console together take at most 150 KiB compressed', async () => {
  const names = (await readdir(ASSETS)).filter((name) => name.endsWith('.js'));
  expect(names.length).toBeGreaterThan(0);
  const sizes = await Promise.all(names.map(async (name) => gzipSync(await readFile(join(ASSETS, name))).length));
  const sum = sizes.reduce((all, size) => all + size, 0);
  process.stdout.write(`the console's script: ${sum} bytes compressed, of at most ${BYTES_MAX}\n`);
  expect(sum).toBeLessThanOrEqual(BYTES_MAX);
});
