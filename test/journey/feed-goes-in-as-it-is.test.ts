// A shop's own feed: mapped, with defaults, packed, from a file, standard input, a bucket or a schedule.
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import type { BatchName } from '@outpaint/shared/contract/ids';
import { expect, inject, it, onTestFinished } from 'vitest';
import { spawnProgram } from '../support/child.ts';
import { freshBucket } from '../support/s3-server.ts';
import { scheduleScene } from '../support/schedules.ts';
import { idOf, openStores } from '../support/stores.ts';

const MAIN = 'apps/producer/src/main.ts';
const FEED =
  'id\ttitle\timage_link\tprice\nA-1\t12" vinyl\thttps://c.example/1.jpg\t9\nA-2\tSleeve\thttps://c.example/2.jpg\t1\n';
const SHAPE = ['--map', 'custom_id=id', '--map', 'source=image_link', '--set', 'output_ratio=16:9'];
const GOOD = { accepted: 2, existing: 0, bad: 0, conflicts: 0 };

const scene = async () => {
  const stores = openStores({ realTime: true });
  const folder = await mkdtemp(join(tmpdir(), 'outpaint-test-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const env = { REDIS_URL: inject('redisUrl'), OUTPAINT_NAMESPACE: stores.namespace };
  const outpaint = async (args: readonly string[], more: Record<string, string> = {}) => {
    const program = spawnProgram(MAIN, { env: { ...env, ...more }, args });
    const { code } = await program.exited;
    return { code, stdout: program.stdout(), stderr: program.stderr() };
  };
  return { stores, folder, env, outpaint };
};

it('a packed feed of tabs is mapped, and its rows take the defaults', async () => {
  const { stores, folder, outpaint } = await scene();
  const path = join(folder, 'autumn.tsv.gz');
  await writeFile(path, gzipSync(FEED));
  const run = await outpaint(['run', path, ...SHAPE, '--detach', '--json']);
  expect(run).toMatchObject({ code: 0 });
  expect(JSON.parse(run.stdout)).toMatchObject({ manifest: GOOD, batch: { name: 'autumn', rows: 2 } });
  const record = await stores.records.read(idOf('A-1', 'autumn' as BatchName));
  expect(record?.request).toMatchObject({
    source: 'https://c.example/1.jpg',
    parameters: { output_ratio: '16:9', add_watermark: true },
  });
});

it('a packed feed comes through standard input as well', async () => {
  const { env } = await scene();
  const args = ['run', '-', '--format', 'tsv', '--batch', 'piped', ...SHAPE, '--detach', '--json'];
  const child = spawn(process.execPath, ['--conditions=source', resolve(import.meta.dirname, '../..', MAIN), ...args], {
    env,
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  child.stdin.end(gzipSync(FEED));
  expect(JSON.parse(await text(child.stdout))).toMatchObject({ manifest: GOOD, batch: { name: 'piped', rows: 2 } });
});

it('a feed in a bucket is read from there, and one that is not there is exit 2', async () => {
  const { outpaint } = await scene();
  const { bucket, client, env } = await freshBucket();
  await client.send(new PutObjectCommand({ Bucket: bucket, Key: 'feeds/spring.tsv', Body: FEED }));
  const run = await outpaint(['run', `s3://${bucket}/feeds/spring.tsv`, ...SHAPE, '--detach', '--json'], env);
  expect(run).toMatchObject({ code: 0 });
  expect(JSON.parse(run.stdout)).toMatchObject({ manifest: GOOD, batch: { name: 'spring' } });
  const missing = await outpaint(['plan', `s3://${bucket}/feeds/summer.tsv`, ...SHAPE], env);
  expect(missing).toMatchObject({
    code: 2,
    stdout: '',
    stderr: expect.stringContaining('There is no object at s3://'),
  });
});

it('a store that does not answer is exit 5', async () => {
  const { outpaint } = await scene();
  const { env } = await freshBucket();
  const away = { ...env, AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:1' };
  const plan = await outpaint(['plan', 's3://feeds/summer.tsv', ...SHAPE], away);
  expect(plan).toMatchObject({ code: 5, stdout: '', stderr: expect.stringContaining('S3 get in feeds') });
});

it('a wrong mapping is refused with the nearest name, and nothing is accepted', async () => {
  const { stores, folder, outpaint } = await scene();
  const path = join(folder, 'autumn.tsv');
  await writeFile(path, FEED);
  const wrongColumn = ['--map', 'custom_id=id', '--map', 'source=image_lnk', '--keep-going'];
  expect(await outpaint(['run', path, ...wrongColumn])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('has no column image_lnk, which source is mapped to. Did you mean image_link?'),
  });
  expect(await outpaint(['run', path, '--map', 'sorce=image_link'])).toMatchObject({
    code: 2,
    stderr: '--map sorce is not known. Did you mean --map source?\n',
  });
  expect(await stores.batches.list({ offset: 0, limit: 5 })).toEqual([]);
});

it('a schedule maps its manifest, and keeps going over bad rows but not over a file that cannot be read', async () => {
  const scene = await scheduleScene('2026-11-24T00:00:00Z');
  const map = ['custom_id=id', 'source=image_link'];
  const address = join(scene.folder, '{date}.csv');
  await scene.add({ manifest: address, map, set: ['x_scale=2'], keep_going: true, overlap: 'append' });
  const at = async (date: string, content: string): Promise<void> => {
    await writeFile(join(scene.folder, `${date}.csv`), content);
    scene.time.now = Date.parse(`${date}T02:00:30+08:00`);
    await scene.runner('one')();
  };
  await at('2026-11-25', 'id,image_link\nA-1,https://c.example/1.jpg\nA-2,nonsense\n');
  await at('2026-11-26', 'id,image_link\nA-1,https://c.example/1.jpg\n"A-2"x,https://c.example/2.jpg\n');
  expect(await scene.results()).toEqual([
    '2026-11-25T02:00 started nightly-2026-11-25',
    '2026-11-26T02:00 manifest_invalid -',
  ]);
  expect(await scene.stores.batches.read('nightly-2026-11-25' as BatchName)).toMatchObject({ rows: 1 });
});
