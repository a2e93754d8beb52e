// --keep-going puts what it leaves out into a file, which is mended and run into the same batch.
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BatchName } from '@outpaint/shared/contract/ids';
import { expect, inject, it, onTestFinished } from 'vitest';
import { spawnProgram } from '../support/child.ts';
import { openStores } from '../support/stores.ts';

const FEED = [
  'id,title,picture',
  'a,"One, two",https://c.example/1.jpg',
  'b,"Three\nfour",ftp://c.example/2.jpg',
  'c,,https://c.example/3.jpg',
  'a,again,https://c.example/4.jpg',
  '',
].join('\n');
const SHAPE = ['--map', 'custom_id=id', '--map', 'source=picture', '--set', 'x_scale=2'];

const scene = async () => {
  const stores = openStores({ realTime: true });
  const folder = await mkdtemp(join(tmpdir(), 'outpaint-test-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const feed = join(folder, 'feed.csv');
  await writeFile(feed, FEED);
  const env = { REDIS_URL: inject('redisUrl'), OUTPAINT_NAMESPACE: stores.namespace };
  const run = async (...args: string[]) => {
    const program = spawnProgram('apps/producer/src/main.ts', {
      env,
      args: ['run', ...args, ...SHAPE, '--detach', '--json'],
    });
    const { code } = await program.exited;
    return { code, stdout: program.stdout(), stderr: program.stderr() };
  };
  const rows = async () => (await stores.batches.read('feed' as BatchName))?.rows ?? null;
  return { folder, feed, run, rows };
};

it('the rows that were left out are mended in their file and run into the same batch', async () => {
  const { folder, feed, run, rows } = await scene();
  const first = await run(feed, '--keep-going');
  expect(first).toMatchObject({ code: 0 });
  const path = join(folder, 'feed.bad.csv');
  expect(JSON.parse(first.stdout)).toMatchObject({ manifest: { accepted: 2, bad: 2, bad_rows: path } });
  expect(first.stderr).toContain(`outpaint run ${path} --batch feed with the same --map and --set`);

  const bad = await readFile(path, 'utf8');
  expect(bad.split('\n')[0]).toBe('outpaint_error,id,title,picture');
  await writeFile(path, bad.replaceAll('ftp://', 'https://').replace(',a,again', ',d,again'));
  expect(await run(path, '--batch', 'feed')).toMatchObject({ code: 0 });
  expect(await rows()).toBe(4);
});

it('a file that somebody mends is never written over; the same rows need no second file', async () => {
  const { folder, feed, run } = await scene();
  await run(feed, '--keep-going');
  await run(feed, '--keep-going');
  expect((await readdir(folder)).sort()).toEqual(['feed.bad.csv', 'feed.csv']);
  const path = join(folder, 'feed.bad.csv');
  await writeFile(path, 'half mended');
  const again = await run(feed, '--keep-going');
  expect(JSON.parse(again.stdout)).toMatchObject({ manifest: { bad_rows: join(folder, 'feed.bad-2.csv') } });
  expect(await readFile(path, 'utf8')).toBe('half mended');
  const named = await run(feed, '--keep-going', '--bad-rows', path);
  expect(named).toMatchObject({ code: 2, stderr: expect.stringContaining('is there already with other rows') });
  expect((await readdir(folder)).sort()).toEqual(['feed.bad-2.csv', 'feed.bad.csv', 'feed.csv']);
});

it('without a place for them nothing is accepted', async () => {
  const { folder, feed, run, rows } = await scene();
  const nowhere = join(folder, 'missing', 'bad.csv');
  expect(await run(feed, '--keep-going', '--bad-rows', nowhere)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining(`cannot be put into ${nowhere}: ENOENT`),
  });
  expect(await run('-', '--batch', 'feed', '--format', 'csv', '--keep-going')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('say with --bad-rows where the rows go'),
  });
  expect(await run(feed, '--bad-rows', nowhere)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('--bad-rows goes with --keep-going'),
  });
  expect(await rows()).toBeNull();
});

it('a manifest that is refused leaves no file behind', async () => {
  const { folder, feed, run } = await scene();
  await writeFile(feed, 'id,picture\na,nonsense\n"b"x,https://c.example/3.jpg\n');
  expect(await run(feed, '--keep-going')).toMatchObject({ code: 2 });
  expect(await readdir(folder)).toEqual(['feed.csv']);
});
