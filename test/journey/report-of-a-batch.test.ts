// The report of a batch in the bucket: every row in one of its files, hashes that hold, again after each redrive.
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import type { BatchName } from '@outpaint/shared/contract/ids';
import { type FailedRow, type ReportFile, type ReportManifest, reportKey } from '@outpaint/shared/contract/report';
import { expect, it, onTestFinished } from 'vitest';
import { spawnProgram } from '../support/child.ts';
import { aimedAt, expectBooksBalance, handIn, namesOf } from '../support/row-story.ts';
import { type Stack, startStack } from '../support/stack.ts';
import { BATCH } from '../support/stores.ts';
import { waitFor } from '../support/wait-for.ts';

const outpaint = async ({ env }: Stack, ...args: string[]) => {
  const program = spawnProgram('apps/producer/src/main.ts', { env, args });
  const { code } = await program.exited;
  return { code, stdout: program.stdout(), stderr: program.stderr() };
};

const textOf = async ({ bucket }: Stack, file: ReportFile, batch: BatchName = BATCH): Promise<string> => {
  const command = new GetObjectCommand({ Bucket: bucket.bucket, Key: reportKey(batch, file) });
  return (await (await bucket.client.send(command)).Body?.transformToString()) ?? '';
};

const linesOf = (text: string): unknown[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as unknown);

/** Waits for the report that speaks of `ended` and of the batch as it is now. */
const reportOf = async (stack: Stack, ended: string, batch: BatchName = BATCH) => {
  const manifest = await waitFor(`the report, ${ended}`, async () => {
    const read = JSON.parse(await textOf(stack, 'manifest.json', batch)) as ReportManifest;
    return read.ended === ended && JSON.stringify(read.counts) === JSON.stringify((await stack.batch(batch)).counts)
      ? read
      : false;
  });
  const succeeded = await textOf(stack, 'succeeded.jsonl', batch);
  const failed = await textOf(stack, 'failed.jsonl', batch);
  for (const [file, text] of [
    ['succeeded.jsonl', succeeded],
    ['failed.jsonl', failed],
  ] as const) {
    expect(manifest.files[file]).toEqual({
      key: reportKey(batch, file),
      rows: linesOf(text).length,
      bytes: Buffer.byteLength(text),
      sha256: createHash('sha256').update(text).digest('hex'),
    });
  }
  return { manifest, succeeded: linesOf(succeeded), failed: linesOf(failed) as FailedRow[], failedText: failed };
};

const REFUSED = { at: 'submit', status: 400, code: 'InvalidParameter.ImageContent', message: 'not this one' } as const;

it('tells of every row when a batch ends, and the failed file is a manifest that runs under another name', async () => {
  const stack = await startStack();
  stack.sandbox.faults.add({ ...REFUSED, source: aimedAt('sku-1'), times: 1 });
  await handIn(stack, namesOf('sku', 5));
  const worker = await stack.startWorker();
  const { manifest, succeeded, failed, failedText } = await reportOf(stack, 'finished');
  expect(manifest).toMatchObject({ v: 1, batch: BATCH, rows: 5, spent: '0.72', counts: { delivered: 4 } });
  expect(succeeded.map((row) => (row as FailedRow).custom_id).sort()).toEqual(['sku-0', 'sku-2', 'sku-3', 'sku-4']);
  expect(failed).toMatchObject([
    {
      custom_id: 'sku-1',
      source: stack.sandbox.pictureUrl('sku-1.jpg'),
      output_key: 'spring/sku-1.jpg',
      outpaint_error: {
        code: REFUSED.code,
        class: 'permanent',
        message: REFUSED.message,
        attempts: 1,
        what_to_do: expect.stringMatching(/\.$/),
      },
    },
  ]);

  const folder = await mkdtemp(join(tmpdir(), 'outpaint-report-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'failed.jsonl');
  const written = await outpaint(
    stack,
    ...['batch', 'report', 'spring', '--format', 'jsonl', '--only', 'failed', '--out', file],
  );
  expect(written).toMatchObject({ code: 0, stdout: '' });
  expect(await readFile(file, 'utf8')).toBe(failedText);
  const shown = await outpaint(stack, 'batch', 'report', 'spring');
  expect(shown.stdout).toMatch(
    /^spring: finished, .*\n4 rows delivered: s3:.*\n1 row not: s3:.*\nCNY 0\.72 spent\.\n$/,
  );
  const csv = (await outpaint(stack, 'batch', 'report', 'spring', '--format', 'csv')).stdout.split('\r\n');
  expect(csv.map((line) => line.split(',')[1])).toEqual([
    'outcome',
    'dead_lettered',
    ...Array(4).fill('delivered'),
    undefined,
  ]);
  expect(await outpaint(stack, 'batch', 'report', 'autumn')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('There is no report of autumn'),
  });
  expect(await outpaint(stack, 'run', join(folder, 'failed.jsonl'), '--batch', 'other')).toMatchObject({ code: 0 });
  expect(await stack.keysInBucket()).toEqual(namesOf('sku', 5).map((name) => `spring/${name}.jpg`));
  expect((await reportOf(stack, 'finished', 'other' as BatchName)).failed).toEqual([]);
  expect(stack.sandbox.ledger.billedTwice()).toEqual([]);
  await worker.kill('SIGTERM');
});

it('is written when a budget stops a batch, anew after a cancel, and anew when a redrive has finished it again', async () => {
  const stack = await startStack({ env: { UPSTREAM_SLOTS: '1', UPSTREAM_OVERHANG: '0' } });
  stack.sandbox.faults.add({ at: 'result', kind: 'not_image', source: aimedAt('sku-0'), times: 3 });
  await stack.batches.open(BATCH, { budgetMicro: 540_000 });
  await handIn(stack, namesOf('sku', 6));
  const worker = await stack.startWorker();
  const first = await reportOf(stack, 'budget');
  expect(first.manifest).toMatchObject({ settings: { budget: '0.54' }, counts: { delivered: 2, accepted: 3 } });
  expect(first.failed).toMatchObject([{ custom_id: 'sku-0', outpaint_error: { billed: 'yes', attempts: 3 } }]);

  expect(await outpaint(stack, 'batch', 'cancel', 'spring', '--yes')).toMatchObject({ code: 9 });
  const second = await reportOf(stack, 'cancelled');
  expect(second.failed.map(({ outpaint_error: { code, attempts } }) => [code, attempts])).toEqual([
    ['result_not_an_image', 3],
    ...Array.from({ length: 3 }, () => ['batch_cancelled', 0]),
  ]);

  expect(await outpaint(stack, 'dead-letter', 'redrive', '--batch', 'spring', '--yes')).toMatchObject({ code: 0 });
  const third = await waitFor('the report without the redriven row', async () => {
    const report = await reportOf(stack, 'cancelled');
    return report.succeeded.length === 3 && report;
  });
  expect(third.manifest.turn).toBeGreaterThan(second.manifest.turn);
  await expectBooksBalance(stack);
  expect(await stack.redis.zcard(stack.keys.reports)).toBe(0);
  await worker.kill('SIGTERM');
});

it('by HTTP: the report and its rows, 404 before it is written; a retry takes the dead letters of this batch alone', async () => {
  const stack = await startStack();
  const OTHER = 'other' as BatchName;
  for (const name of ['sku-1', 'other-1']) stack.sandbox.faults.add({ ...REFUSED, source: aimedAt(name), times: 1 });
  await handIn(stack, namesOf('sku', 3));
  await handIn(stack, namesOf('other', 3), OTHER);
  const server = spawnProgram('apps/producer/src/main.ts', {
    env: { ...stack.env, HTTP_PORT: '0' },
    args: ['serve', '--no-schedules'],
  });
  const [, address = ''] = await server.waitForLine(/"address":"(http:[^"]+)"/);
  const at = `${address}/v1/batches/spring`;
  expect((await fetch(`${at}/report`)).status).toBe(404);
  const worker = await stack.startWorker();
  await reportOf(stack, 'finished');
  await reportOf(stack, 'finished', OTHER);
  expect(await (await fetch(`${at}/report`)).json()).toMatchObject({
    batch: BATCH,
    ended: 'finished',
    files: { 'failed.jsonl': { rows: 1 } },
    locations: { 'failed.jsonl': expect.stringMatching(/^s3:.*\/spring\/report\/failed\.jsonl$/) },
  });
  const rows = await fetch(`${at}/report/rows?format=csv`);
  expect(rows.headers.get('content-type')).toContain('text/csv');
  expect((await rows.text()).split('\r\n')[1]).toMatch(/^sku-1,dead_lettered,InvalidParameter\.ImageContent,/);
  expect(await (await fetch(`${at}/report/rows`)).text()).toContain('"custom_id":"sku-0"');

  const retried = await fetch(`${at}/retry`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ code: REFUSED.code }),
  });
  expect(await retried.json()).toMatchObject({ redriven: 1, left: 0, more: false });
  await stack.waitForBatch(BATCH, 'all delivered', ({ counts }) => counts.delivered === 3);
  expect((await stack.batch(OTHER)).counts.dead_lettered).toBe(1);
  expect(await outpaint(stack, 'batch', 'retry', 'other', '--yes')).toMatchObject({ code: 0 });
  await stack.waitForBatch(OTHER, 'all delivered', ({ counts }) => counts.delivered === 3);
  await expectBooksBalance(stack);
  await server.kill('SIGTERM');
  await worker.kill('SIGTERM');
});
