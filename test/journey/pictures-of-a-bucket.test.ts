// `s3://bucket/prefix/` is a manifest: one row for each picture below it, with parameters from --set.
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { createOpenManifest } from '@outpaint/producer/manifest/open-manifest';
import { PLAIN_SHAPE } from '@outpaint/producer/manifest/row-shape';
import type { BatchName } from '@outpaint/shared/contract/ids';
import { createObjectReader } from '@outpaint/shared/storage/object-reader';
import { expect, inject, it, onTestFinished } from 'vitest';
import { spawnProgram } from '../support/child.ts';
import { type FreshBucket, freshBucket } from '../support/s3-server.ts';
import { idOf, openStores } from '../support/stores.ts';

const PAGE = 1_000;

const fill = async ({ bucket, client }: FreshBucket, keys: readonly string[], body = 'x'): Promise<void> => {
  const left = [...keys];
  const put = async (): Promise<void> => {
    for (let Key = left.pop(); Key !== undefined; Key = left.pop()) {
      await client.send(new PutObjectCommand({ Bucket: bucket, Key, Body: body }));
    }
  };
  await Promise.all(Array.from({ length: 16 }, put));
};

const scene = async () => {
  const stores = openStores({ realTime: true });
  const bucket = await freshBucket();
  const env = { ...bucket.env, REDIS_URL: inject('redisUrl'), OUTPAINT_NAMESPACE: stores.namespace };
  const outpaint = async (...args: string[]) => {
    const program = spawnProgram('apps/producer/src/main.ts', { env, args });
    const { code } = await program.exited;
    return { code, stdout: program.stdout(), stderr: program.stderr() };
  };
  return { stores, bucket, outpaint };
};

it('every picture below the prefix becomes a row, over pages, and what is none is counted and left out', async () => {
  const { stores, bucket, outpaint } = await scene();
  const pictures = Array.from(
    { length: PAGE + 5 },
    (_, i) => `autumn/${i % 7}/红 ${i}.${i % 2 === 0 ? 'JPG' : 'webp'}`,
  );
  await fill(bucket, [...pictures, 'autumn/notes.txt', 'autumn/feed.csv', 'winter/1.jpg']);
  await fill(bucket, ['autumn/7/', 'autumn/empty.png'], '');
  const address = `s3://${bucket.bucket}/autumn/`;
  const run = await outpaint('run', address, '--batch', 'fall', '--set', 'output_ratio=1:1', '--detach', '--json');
  expect(run).toMatchObject({ code: 0 });
  expect(JSON.parse(run.stdout)).toMatchObject({ manifest: { accepted: PAGE + 5, bad: 0 }, batch: { rows: PAGE + 5 } });
  expect(run.stderr).toContain(`3 other objects below ${address} left out`);
  const record = await stores.records.read(idOf('3/红 3.webp', 'fall' as BatchName));
  expect(record?.request).toMatchObject({
    source: `s3://${bucket.bucket}/autumn/3/红 3.webp`,
    parameters: { output_ratio: '1:1' },
  });
});

it('without a parameter the rows extend nothing and are refused by their place in the list', async () => {
  const { bucket, outpaint } = await scene();
  await fill(bucket, ['autumn/1.jpg', 'autumn/2.jpg']);
  const plan = await outpaint('plan', `s3://${bucket.bucket}/autumn/`, '--batch', 'fall');
  expect(plan).toMatchObject({ code: 2, stderr: expect.stringMatching(/^line 2: parameters extend nothing/m) });
});

it('a prefix into which the batch itself would put its pictures is refused', async () => {
  const { bucket, outpaint } = await scene();
  await fill(bucket, ['autumn/1.jpg']);
  for (const prefix of ['autumn/', '']) {
    const plan = await outpaint('plan', `s3://${bucket.bucket}/${prefix}`, '--batch', 'autumn', '--set', 'x_scale=2');
    expect(plan).toMatchObject({ code: 2, stderr: expect.stringContaining('would be extended again') });
  }
  expect(
    await outpaint('plan', `s3://${bucket.bucket}/autumn/`, '--batch', 'fall', '--set', 'x_scale=2'),
  ).toMatchObject({
    code: 0,
  });
});

it('for a schedule an empty prefix is a missing manifest, and its tag changes with any picture', async () => {
  const bucket = await freshBucket();
  const { endpoint, region, credentials } = bucket;
  const objects = createObjectReader({ endpoint, region, credentials, forcePathStyle: true, requestTimeoutMs: 10_000 });
  onTestFinished(() => objects.close());
  const open = createOpenManifest({ objects, bytesMax: 1_000, own: null });
  const terms = { shape: PLAIN_SHAPE, batch: 'nightly' as BatchName };
  const address = `s3://${bucket.bucket}/in/`;
  expect(await open(address, terms)).toBeNull();
  await fill(bucket, ['in/1.jpg']);
  const tag = async () => (await open(address, terms))?.tag();
  const first = await tag();
  expect(await tag()).toBe(first);
  await fill(bucket, ['in/1.jpg'], 'another picture');
  expect(await tag()).not.toBe(first);
});
