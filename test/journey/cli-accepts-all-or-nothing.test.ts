// `outpaint plan` and `outpaint run` at the door: what is wrong is said by line, and nothing of it is accepted.
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import type { BatchName } from '@outpaint/shared/contract/ids';
import { expect, inject, it, onTestFinished } from 'vitest';
import { spawnProgram } from '../support/child.ts';
import { deadPort } from '../support/raw-server.ts';
import { idOf, openStores, type TestStores } from '../support/stores.ts';

const MAIN = 'apps/producer/src/main.ts';

const outpaint = async (env: Record<string, string>, ...args: string[]) => {
  const program = spawnProgram(MAIN, { env, args });
  const { code } = await program.exited;
  return { code, stdout: program.stdout(), stderr: program.stderr() };
};

const envOf = ({ namespace }: TestStores) => ({ REDIS_URL: inject('redisUrl'), OUTPAINT_NAMESPACE: namespace });

const manifest = async (lines: readonly string[], name = 'spring.csv'): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'outpaint-test-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, name);
  await writeFile(path, lines.map((line) => `${line}\n`).join(''));
  return path;
};

const HEADER = 'custom_id,source,output_ratio,x_scale,add_watermark';
const good = (i: number): string => `sku-${i},https://cdn.example.com/${i}.jpg,16:9,,false`;
const GOOD = [HEADER, good(1), good(2), good(3)];
const BAD = [
  HEADER,
  good(1),
  'sku-2,ftp://cdn.example.com/2.jpg,16:9,,',
  'sku-1,https://cdn.example.com/9.jpg,1:1,,',
  'sku-4,https://cdn.example.com/4.jpg,,9,',
];
const SPRING = 'spring' as BatchName;

const keysIn = async ({ redis, keys }: TestStores): Promise<string[]> => {
  const found: string[] = [];
  for await (const page of redis.scanStream({ match: `${keys.prefix}*`, count: 1_000 })) found.push(...page);
  return found;
};

it('a manifest with bad rows is refused whole, each row by its line, and nothing is written', async () => {
  const stores = openStores({ realTime: true });
  const run = await outpaint(envOf(stores), 'run', await manifest(BAD));
  expect(run.code).toBe(2);
  expect(run.stderr).toMatch(/^line 3: source must be .*ftp/m);
  expect(run.stderr).toMatch(/^line 4: custom_id "sku-1" is on line 2 already\. Remove one/m);
  expect(run.stderr).toMatch(/^line 5: parameters\.x_scale must be a number from 1\.0 to 3\.0, not 9/m);
  expect(run.stderr).not.toMatch(/^line 2:/m);
  expect(run.stderr).toContain('3 rows of 4 cannot be accepted, so nothing was');
  expect(run.stdout).toBe('');
  expect(await keysIn(stores)).toEqual([]);
});

it('--keep-going leaves the bad rows out and takes the others', async () => {
  const stores = openStores({ realTime: true });
  const run = await outpaint(envOf(stores), 'run', await manifest(BAD), '--keep-going', '--detach');
  expect(run).toMatchObject({ code: 0 });
  expect(run.stderr).toContain('1 row accepted into spring · 3 left out');
  expect(await stores.batches.read(SPRING)).toMatchObject({ rows: 1, state: 'sealed' });
});

it('--keep-going does not leave out what could not be read: a stray quote refuses the whole manifest, by its line', async () => {
  const stores = openStores({ realTime: true });
  const rows = [...GOOD, 'sku-9,"https://cdn.example.com/9.jpg"x,4:3', good(10), good(11)];
  const run = await outpaint(envOf(stores), 'run', await manifest(rows), '--keep-going', '--detach', '--json');
  expect(run.code).toBe(2);
  expect(run.stderr).toContain('could not be read beyond line 5, so nothing was accepted');
  expect(run.stderr).not.toContain('leave them out with --keep-going');
  expect(JSON.parse(run.stdout)).toMatchObject({ exit_code: 2, manifest: { unread_after_line: 5 } });
  expect(await keysIn(stores)).toEqual([]);
});

it('run again with the same rows costs nothing again and takes only what is new', async () => {
  const stores = openStores({ realTime: true });
  const env = envOf(stores);
  const first = await outpaint(
    env,
    'run',
    await manifest(GOOD),
    '--detach',
    '--budget',
    '0.36',
    '--max-failures',
    '5%',
  );
  expect(first).toMatchObject({ code: 0 });
  expect(first.stdout).toContain('outpaint batch watch spring');
  const second = await outpaint(env, 'run', await manifest([...GOOD, good(4)]), '--detach', '--json');
  expect(second.stderr).toContain('1 row accepted into spring · 3 accepted earlier, which cost nothing again');
  expect(JSON.parse(second.stdout)).toMatchObject({
    exit_code: 0,
    manifest: { accepted: 1, existing: 3, bad: 0, conflicts: 0 },
    batch: { name: 'spring', rows: 4, budget: '0.36', failures_percent: 5, state: 'sealed', counts: { accepted: 4 } },
  });
});

it('a row that was accepted with other content is refused by line and field, and the new rows with it', async () => {
  const stores = openStores({ realTime: true });
  const env = envOf(stores);
  await outpaint(env, 'run', await manifest(GOOD), '--detach');
  const changed = [HEADER, good(1), 'sku-2,https://cdn.example.com/other.jpg,1:1,,false', good(4)];
  const second = await outpaint(env, 'run', await manifest(changed), '--detach');
  expect(second.code).toBe(2);
  expect(second.stderr).toMatch(
    /^line 3: "sku-2" was accepted earlier with another source, parameters\.output_ratio\. Give/m,
  );
  expect(second.stderr).not.toMatch(/^line [24]:/m);
  expect(await stores.records.read(idOf('sku-4'))).toBeNull();
  expect((await stores.batches.read(SPRING))?.rows).toBe(3);

  const third = await outpaint(env, 'run', await manifest(changed), '--detach', '--keep-going');
  expect(third).toMatchObject({ code: 0 });
  expect((await stores.batches.read(SPRING))?.rows).toBe(4);
  expect((await stores.records.read(idOf('sku-2')))?.request.source).toBe('https://cdn.example.com/2.jpg');
});

it('more rows than one call takes are accepted chunk by chunk, every one', async () => {
  const stores = openStores({ realTime: true });
  const rows = Array.from({ length: 612 }, (_, i) => good(i));
  const run = await outpaint(envOf(stores), 'run', await manifest([HEADER, ...rows]), '--detach');
  expect(run.stderr).toContain('612 rows accepted into spring');
  expect((await stores.countRows(SPRING)).accepted).toBe(612);
  expect(await stores.redis.llen(stores.keys.backlog(SPRING))).toBe(612);
});

it('a manifest from standard input is read like a file', async () => {
  const stores = openStores({ realTime: true });
  const child = spawn(
    process.execPath,
    [
      '--conditions=source',
      resolve(import.meta.dirname, '../..', MAIN),
      'run',
      '-',
      '--batch',
      'piped',
      '--format',
      'jsonl',
      '--detach',
      '--json',
    ],
    {
      env: envOf(stores),
    },
  );
  onTestFinished(() => void child.kill('SIGKILL'));
  child.stdin.end('{"custom_id":"a","source":"https://cdn.example.com/a.jpg","parameters":{"x_scale":2}}\n');
  expect(JSON.parse(await text(child.stdout))).toMatchObject({
    manifest: { accepted: 1 },
    batch: { name: 'piped', rows: 1 },
  });
});

it('standard input without a name or a format is refused before anything is read', async () => {
  const env = { REDIS_URL: 'redis://127.0.0.1:1' };
  expect(await outpaint(env, 'run', '-', '--format', 'csv')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('--batch'),
  });
  expect(await outpaint(env, 'run', '-', '--batch', 'spring')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('--format'),
  });
});

it('plan needs no Redis and no key, and says price, time, watermark and what would be ignored', async () => {
  const path = await manifest([HEADER, good(1), 'sku-2,https://cdn.example.com/2.jpg,16:9,1.5,']);
  const plan = await outpaint({ REDIS_URL: `redis://127.0.0.1:${await deadPort()}` }, 'plan', path, '--json');
  expect(plan).toMatchObject({ code: 0, stderr: '' });
  expect(JSON.parse(plan.stdout)).toMatchObject({
    batch: 'spring',
    rows: 2,
    good: 2,
    bad: 0,
    duplicates: 0,
    warnings: [{ message: expect.stringMatching(/^parameters\.x_scale has no effect/), rows: 1, first_line: 3 }],
    watermark: { on: 1, off: 1 },
    price: { amount: '0.36', currency: 'CNY', per_image: '0.18' },
    eta: { slots: 5, assumed_seconds_per_picture: 26.5, seconds_min: 27, seconds_max: 53 },
  });
});

it('plan lists every bad row in JSON, prints the first twenty, and ends with 2', async () => {
  const bad = Array.from({ length: 30 }, (_, i) => `sku-${i},nonsense,16:9,,`);
  const path = await manifest([HEADER, ...bad]);
  const people = await outpaint({}, 'plan', path);
  expect(people.code).toBe(2);
  expect(people.stderr.match(/^line \d+:/gm)).toHaveLength(20);
  expect(people.stderr).toContain('and 10 more rows');
  const json = await outpaint({}, 'plan', path, '--json');
  expect(json.code).toBe(2);
  expect(JSON.parse(json.stdout).problems).toHaveLength(30);
});

it('Redis away is exit 5, and the message names the host and the remedy, and never the password', async () => {
  const port = await deadPort();
  const run = await outpaint({ REDIS_URL: `redis://somebody:hunter22@127.0.0.1:${port}` }, 'run', await manifest(GOOD));
  expect(run.code).toBe(5);
  expect(run.stderr).toContain(`Redis at 127.0.0.1:${port} (REDIS_URL) does not answer`);
  expect(run.stderr).toContain('Check that Redis runs');
  expect(run.stderr).not.toContain('hunter22');
});

it('settings that are wrong are all named at once, by variable, with exit 2', async () => {
  const run = await outpaint(
    { REDIS_URL: 'http://x', OUTPAINT_NAMESPACE: '{}', PRICE_PER_IMAGE: '-1' },
    'run',
    await manifest(GOOD),
  );
  expect(run.code).toBe(2);
  for (const name of ['REDIS_URL', 'OUTPAINT_NAMESPACE', 'PRICE_PER_IMAGE']) expect(run.stderr).toContain(name);
});

it('a batch that nobody made is answered with the nearest name and exit 2', async () => {
  const stores = openStores({ realTime: true });
  await stores.batches.open(SPRING, {});
  for (const verb of ['show', 'watch', 'pause', 'resume']) {
    expect(await outpaint(envOf(stores), 'batch', verb, 'sprin')).toMatchObject({
      code: 2,
      stdout: '',
      stderr: 'There is no batch sprin. Did you mean spring?\n',
    });
  }
});

it.each([
  [[], 2],
  [['nonsense'], 2],
  [['run'], 2],
  [['run', 'x.csv', '--max-failures', '0%'], 2],
  [['run', 'x.csv', '--budget', 'much'], 2],
  [['run', 'no-such-file.csv'], 2],
  [['--help'], 0],
  [['batch', 'list', '--help'], 0],
])('called with %j it ends with %i', async (args, code) => {
  expect((await outpaint({}, ...args)).code).toBe(code);
});
