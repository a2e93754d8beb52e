// A plan that somebody approved is run as it was planned, or not at all.
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BatchName } from '@outpaint/shared/contract/ids';
import { expect, inject, it, onTestFinished } from 'vitest';
import { spawnProgram } from '../support/child.ts';
import { openStores } from '../support/stores.ts';

const FEED = 'id,image_link\na,https://c.example/1.jpg\nb,https://c.example/2.jpg\n';
const SHAPE = ['--map', 'custom_id=id', '--map', 'source=image_link', '--set', 'x_scale=2'];

const scene = async () => {
  const stores = openStores({ realTime: true });
  const folder = await mkdtemp(join(tmpdir(), 'outpaint-test-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const feed = join(folder, 'feed.csv');
  const file = join(folder, 'feed.plan.json');
  await writeFile(feed, FEED);
  const env = { REDIS_URL: inject('redisUrl'), OUTPAINT_NAMESPACE: stores.namespace };
  const outpaint = async (args: readonly string[], more: Record<string, string> = {}) => {
    const program = spawnProgram('apps/producer/src/main.ts', { env: { ...env, ...more }, args });
    const { code } = await program.exited;
    return { code, stdout: program.stdout(), stderr: program.stderr() };
  };
  const rows = async () => (await stores.batches.read('spring' as BatchName))?.rows ?? null;
  expect(await outpaint(['plan', feed, '--batch', 'spring', ...SHAPE, '--out', file])).toMatchObject({ code: 0 });
  return { stores, feed, file, outpaint, rows };
};

it('a plan is run with its own manifest, mapping and batch', async () => {
  const { stores, feed, file, outpaint, rows } = await scene();
  expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({
    v: 1,
    manifest: { path: feed, map: ['custom_id=id', 'source=image_link'], set: ['x_scale=2'] },
    batch: 'spring',
    rows: { good: 2, bad: 0 },
    price: { amount: '0.36', per_image: '0.18', currency: 'CNY' },
    settings: { OUTPAINT_NAMESPACE: stores.namespace, OUTPAINT_BUCKET: null },
  });
  expect(await outpaint(['run', '--plan', file, '--detach'])).toMatchObject({ code: 0 });
  expect(await rows()).toBe(2);
});

it('a changed manifest, price or setting is refused by its name, all of them at once', async () => {
  const { feed, file, outpaint, rows } = await scene();
  await appendFile(feed, 'c,https://c.example/3.jpg\n');
  const changed = { PRICE_PER_IMAGE: '0.20', OUTPAINT_BUCKET: 'elsewhere', OUTPAINT_KEY_PREFIX: 'x' };
  const run = await outpaint(['run', '--plan', file, '--detach'], changed);
  expect(run.code).toBe(2);
  expect(run.stderr).toMatch(
    /The manifest .*feed\.csv has changed: its SHA-256 was [0-9a-f]{64} and is [0-9a-f]{64}\./,
  );
  expect(run.stderr).toContain('PRICE_PER_IMAGE was 0.18 and is 0.2');
  expect(run.stderr).toContain('OUTPAINT_BUCKET was nothing and is elsewhere.');
  expect(run.stderr).toContain('OUTPAINT_KEY_PREFIX was nothing and is x.');
  expect(await rows()).toBeNull();
  await writeFile(feed, FEED);
  expect(await outpaint(['run', '--plan', file, '--detach'], { OUTPAINT_NAMESPACE: 'other' })).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/OUTPAINT_NAMESPACE was \S+ and is other\./),
  });
  expect(await outpaint(['run', '--plan', file, '--detach'])).toMatchObject({ code: 0 });
});

it('what the plan says is not said again, and a plan of another manifest is refused', async () => {
  const { file, outpaint, rows } = await scene();
  for (const [args, message] of [
    [['--batch', 'other'], '--batch is what the plan says'],
    [['--set', 'x_scale=3'], '--set is what the plan says'],
  ] as const) {
    const run = await outpaint(['run', '--plan', file, ...args]);
    expect(run).toMatchObject({ code: 2, stderr: expect.stringContaining(message) });
  }
  expect(await outpaint(['run', 'other.csv', '--plan', file])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('is a plan of'),
  });
  expect(await outpaint(['run'])).toMatchObject({ code: 2, stderr: expect.stringContaining('Name a manifest') });
  await writeFile(file, '{"v":1}');
  expect(await outpaint(['run', '--plan', file])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('is no plan that outpaint plan --out has written'),
  });
  expect(await rows()).toBeNull();
});
