// `outpaint plan` counts what stands in the bucket, what Redis will need and how long measured tasks took.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { readMemoryUse } from '@outpaint/shared/batch/memory-use';
import type { BatchName } from '@outpaint/shared/contract/ids';
import { expect, it, onTestFinished } from 'vitest';
import { spawnProgram } from '../support/child.ts';
import { dedicatedRedis } from '../support/redis-server.ts';
import { freshBucket } from '../support/s3-server.ts';
import { openStores } from '../support/stores.ts';

const scene = async (lines: readonly string[], env: Record<string, string>) => {
  const folder = await mkdtemp(join(tmpdir(), 'outpaint-test-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, 'spring.csv');
  await writeFile(path, `${lines.join('\n')}\n`);
  const outpaint = async (...args: string[]) => {
    const program = spawnProgram('apps/producer/src/main.ts', { env, args });
    const { code } = await program.exited;
    return { code, stdout: program.stdout(), stderr: program.stderr() };
  };
  return { path, outpaint };
};

it('what stands in the bucket where rows would go is counted by listing their folders, below the prefix alone', async () => {
  const { bucket, client, env } = await freshBucket();
  const keys = [
    'in/spring/a.jpg', // a row's own
    'in/spring/other.jpg', // nobody's
    'in/shop/1/b.jpg', // a row's own, by output_key
    'spring/c.jpg', // outside the prefix
    'in/springtime/c.jpg', // another folder
  ];
  for (const Key of keys) await client.send(new PutObjectCommand({ Bucket: bucket, Key, Body: 'x' }));
  const rows = [
    'custom_id,source,x_scale,output_key',
    'a,https://c.example/1.jpg,2,',
    'b,https://c.example/2.jpg,2,shop/1/b.jpg',
    'c,https://c.example/3.jpg,2,',
  ];
  const { path, outpaint } = await scene(rows, { ...env, OUTPAINT_KEY_PREFIX: 'in' });
  const plan = await outpaint('plan', path, '--json');
  expect(JSON.parse(plan.stdout)).toMatchObject({
    bucket: { counted: true, standing: 2, listed: 3, whole: true },
    redis: { asked: false, why: 'REDIS_URL is not set' },
  });
  const people = await outpaint('plan', path);
  expect(people.stdout).toContain('in the bucket already: 2 (3 objects listed)');
});

it('a bucket that does not answer leaves the plan without that count, and says so', async () => {
  const { env } = await freshBucket();
  const { path, outpaint } = await scene(['custom_id,source,x_scale', 'a,https://c.example/1.jpg,2'], {
    ...env,
    AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:1',
  });
  const plan = await outpaint('plan', path);
  expect(plan).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/in the bucket already: not counted \(S3 list/),
  });
});

it('what Redis will need for the waiting rows is what it takes, within a tenth', async () => {
  const redis = await dedicatedRedis();
  const stores = openStores({ redisUrl: redis.url, realTime: true });
  const source = (i: number) => `https://cdn.example.com/${'a-long-folder/'.repeat(8)}${i}.jpg`;
  const rows = Array.from({ length: 4_000 }, (_, i) => `sku-${i},${source(i)},16:9`);
  const env = { REDIS_URL: redis.url, OUTPAINT_NAMESPACE: stores.namespace };
  const { path, outpaint } = await scene(['custom_id,source,output_ratio', ...rows], env);
  await stores.redis.config('SET', 'maxmemory', '1gb');
  await stores.redis.rpush(stores.keys.durations('ordinary'), 9_000, 10_000, 10_000, 11_000, 12_000);

  const plan = JSON.parse((await outpaint('plan', path, '--json')).stdout) as {
    redis: { waiting_bytes: number; free_bytes: number };
  };
  // What an import leaves behind once, whatever its size: scripts, tables of a first size.
  const first = await scene(['custom_id,source,output_ratio', ...rows.slice(0, 1_000)], env);
  expect(await first.outpaint('run', first.path, '--batch', 'first', '--detach')).toMatchObject({ code: 0 });
  const before = await readMemoryUse(stores.redis);
  expect(await outpaint('run', path, '--detach')).toMatchObject({ code: 0 });
  const after = await readMemoryUse(stores.redis);
  const taken = after.usedBytes - before.usedBytes;
  expect(plan.redis.waiting_bytes / taken).toBeGreaterThan(0.9);
  expect(plan.redis.waiting_bytes / taken).toBeLessThan(1.1);
  expect(plan).toMatchObject({
    redis: { asked: true, fits: true, rows_in_batch: 0 },
    eta: { measured_tasks: 5, seconds_per_picture: 10, seconds_min: 8_000, seconds_max: 8_800 },
  });
  expect(await stores.batches.read('spring' as BatchName)).toMatchObject({ rows: 4_000 });

  await stores.redis.config('SET', 'maxmemory', String(after.usedBytes));
  const full = await outpaint('plan', path);
  expect(full.stdout).toContain('0 B free for an import. That is not enough');
  expect(full.stdout).toContain('the batch spring has 4,000 rows already');
});

it('the same picture with the same parameters under two ids is named, and other parameters are another picture', async () => {
  const rows = [
    'custom_id,source,x_scale,angle',
    'a,https://c.example/1.jpg,2,',
    'b,https://c.example/1.jpg,2,0',
    'c,https://c.example/1.jpg,2,5',
    'd,https://c.example/1.jpg,2.0,',
  ];
  const { path, outpaint } = await scene(rows, {});
  expect(JSON.parse((await outpaint('plan', path, '--json')).stdout)).toMatchObject({
    good: 4,
    same_pictures: {
      rows: 2,
      first: [
        { line: 3, same_as_line: 2 },
        { line: 5, same_as_line: 2 },
      ],
    },
  });
  const people = await outpaint('plan', path);
  expect(people.stdout).toContain('warning: 2 rows want the same picture and parameters as an earlier row');
});
