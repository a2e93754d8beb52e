// A worker is killed at each step of writing a report: nothing half stands as one, and the next worker writes it whole.

import { createHash } from 'node:crypto';
import { GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { createCancelStore } from '@outpaint/shared/batch/cancel-store';
import { type FailedRow, type ReportFile, type ReportManifest, reportKey } from '@outpaint/shared/contract/report';
import { expect, it } from 'vitest';
import { type Program, spawnProgram } from '../support/child.ts';
import { startGatedStack } from '../support/gated-store.ts';
import { startRedisGate } from '../support/redis-gate.ts';
import { namesOf, rowOf } from '../support/row-story.ts';
import type { Stack } from '../support/stack.ts';
import { BATCH } from '../support/stores.ts';
import { waitFor } from '../support/wait-for.ts';

/** With addresses of this length the failed file is longer than one part of 8 MiB. */
const ROWS = 3_500;
const ADDRESS_CHARS = 2_000;

const withEndedRows = async (stack: Stack): Promise<void> => {
  const source = `https://cdn.example.com/${'a'.repeat(ADDRESS_CHARS)}.jpg`;
  await stack.accept(
    BATCH,
    namesOf('sku', ROWS).map((name) => rowOf(stack, name, BATCH, { source })),
  );
  const cancels = createCancelStore(stack.redis, stack.keys);
  await cancels.begin(BATCH);
  while ((await cancels.rows(BATCH)).left > 0);
  expect(await stack.batch(BATCH)).toMatchObject({ state: 'finished', counts: { cancelled: ROWS }, reportedAt: null });
};

const textOf = async ({ bucket }: Stack, file: ReportFile): Promise<string> => {
  const command = new GetObjectCommand({ Bucket: bucket.bucket, Key: reportKey(BATCH, file) });
  return (await (await bucket.client.send(command)).Body?.transformToString()) ?? '';
};

const standing = async ({ bucket }: Stack): Promise<string[]> => {
  const command = new ListObjectsV2Command({ Bucket: bucket.bucket, Prefix: `${BATCH}/report/` });
  const { Contents = [] } = await bucket.client.send(command);
  return Contents.map(({ Key = '' }) => Key.slice(`${BATCH}/report/`.length)).sort();
};

/** The report as it stands is whole: all rows, each once, under the hashes that vouch for them. */
const expectWhole = async (stack: Stack, turn: number): Promise<void> => {
  const manifest = JSON.parse(await textOf(stack, 'manifest.json')) as ReportManifest;
  expect(manifest).toMatchObject({ turn, ended: 'cancelled', rows: ROWS });
  for (const file of ['succeeded.jsonl', 'failed.jsonl'] as const)
    expect(manifest.files[file].sha256).toBe(
      createHash('sha256')
        .update(await textOf(stack, file))
        .digest('hex'),
    );
  const lines = (await textOf(stack, 'failed.jsonl')).split('\n').slice(0, -1);
  const names = lines.map((line) => (JSON.parse(line) as FailedRow).custom_id);
  expect([manifest.files['failed.jsonl'].rows, names.length, new Set(names).size]).toEqual([ROWS, ROWS, ROWS]);
};

/** A dead worker's claim lasts a minute; here that minute is over. */
const endClaim = async ({ redis, keys }: Stack): Promise<void> => {
  expect(await redis.zscore(keys.reports, BATCH)).not.toBeNull();
  await redis.zadd(keys.reports, 'XX', 0, BATCH);
};

const reportOf = async ({ env }: Stack) => {
  const program = spawnProgram('apps/producer/src/main.ts', { env, args: ['batch', 'report', BATCH] });
  const { code } = await program.exited;
  return { code, stderr: program.stderr() };
};

const written = (worker: Program): number => worker.stderr().match(/"msg":"report written"/g)?.length ?? 0;

it('killed at each step of writing a report: nothing stands as the report until another worker has written all of it, once', {
  timeout: 300_000,
}, async () => {
  const { stack, gate } = await startGatedStack();
  await withEndedRows(stack);
  const redisGate = await startRedisGate(stack.env.REDIS_URL ?? '');

  const start = (): Promise<Program> => stack.startWorker({ env: { REDIS_URL: redisGate.url } });
  const killedAt = async (method: string, url: RegExp): Promise<void> => {
    const { held } = gate.hold(method, url);
    const worker = await start();
    await held;
    await worker.kill('SIGKILL');
    expect(written(worker)).toBe(0);
    expect((await stack.batch(BATCH)).reportedAt).toBeNull();
    expect(await reportOf(stack)).toMatchObject({ code: 2, stderr: expect.stringContaining('There is no report') });
    await endClaim(stack);
  };
  await killedAt('PUT', /failed\.jsonl\?.*partNumber=1\b/);
  expect(await standing(stack)).toEqual([]);
  await killedAt('POST', /failed\.jsonl\?.*uploadId=/);
  expect(await standing(stack)).toEqual(['succeeded.jsonl']);
  await killedAt('PUT', /manifest\.json/);
  expect(await standing(stack)).toEqual(['failed.jsonl', 'succeeded.jsonl']);

  // All of it stands, and Redis has not heard of it.
  redisGate.arm({ text: '\r\nwritten\r\n', when: 'before', spring: () => void last.kill('SIGKILL') });
  const last = spawnProgram('apps/worker/src/main.ts', { env: { ...stack.env, REDIS_URL: redisGate.url } });
  expect(await last.exited).toMatchObject({ signal: 'SIGKILL' });
  expect((await stack.batch(BATCH)).reportedAt).toBeNull();
  await expectWhole(stack, 1);
  await endClaim(stack);

  const [one, other] = await Promise.all([start(), start()]);
  const { reportedAt } = await stack.waitForBatch(BATCH, 'reported', (batch) => batch.reportedAt !== null);
  await waitFor('one of the two to say so', () => written(one) + written(other) > 0);
  expect(await stack.redis.exists(stack.keys.reports)).toBe(0);
  for (const worker of [one, other]) await worker.kill('SIGTERM');
  expect(written(one) + written(other)).toBe(1);
  expect((await stack.batch(BATCH)).reportedAt).toBe(reportedAt);
  await expectWhole(stack, 1);
  expect(await standing(stack)).toEqual(['failed.jsonl', 'manifest.json', 'succeeded.jsonl']);

  // Owed anew, as after a redrive: the one before stands until the next is whole.
  await stack.redis.hset(stack.keys.batch(BATCH), 'report_due', 2);
  await stack.redis.zadd(stack.keys.reports, 0, BATCH);
  const { held } = gate.hold('PUT', /failed\.jsonl\?.*partNumber=1\b/);
  const victim = await start();
  await held;
  await victim.kill('SIGKILL');
  await expectWhole(stack, 1);
  await endClaim(stack);
  const next = await start();
  await waitFor('the second report', () => written(next) === 1);
  await next.kill('SIGTERM');
  await expectWhole(stack, 2);
});
