// The report as a page with pictures: what each row was made of and what was made, small; what is not there is a reason.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DeleteObjectCommand } from '@aws-sdk/client-s3';
import { readImage } from '@outpaint/shared/download/read-image';
import { expect, it, onTestFinished } from 'vitest';
import { spawnProgram } from '../support/child.ts';
import { aimedAt, rowOf } from '../support/row-story.ts';
import { type Stack, startStack } from '../support/stack.ts';
import { BATCH } from '../support/stores.ts';

interface Cells {
  readonly before: string;
  readonly after: string;
}

/** The page's picture cells by the name of their row. */
const cellsOf = (html: string): Record<string, Cells> =>
  Object.fromEntries(
    [...html.matchAll(/<tr class="\w+"><td>(.*?)<\/td><td>(.*?)<\/td><td>([\w-]+)<\/td>/g)].map(
      ([, before = '', after = '', name = '']) => [name, { before, after }],
    ),
  );

/** The picture in a cell, decoded, and the size at which the page shows it. */
const shownIn = (cell: string) => {
  const [, base64 = '', width, height] =
    /^<img src="data:image\/jpeg;base64,([A-Za-z0-9+/=]+)" width="(\d+)" height="(\d+)"/.exec(cell) ?? [];
  const { format, ...size } = readImage(Buffer.from(base64, 'base64'));
  return { format, width: size.width, height: size.height, shown: [Number(width), Number(height)] };
};

const reporter = async ({ env }: Stack) => {
  const folder = await mkdtemp(join(tmpdir(), 'outpaint-report-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const out = join(folder, 'spring.html');
  return async (args: readonly string[], more: Record<string, string> = {}) => {
    const program = spawnProgram('apps/producer/src/main.ts', {
      env: { ...env, ...more },
      args: ['batch', 'report', 'spring', ...args, '--out', out],
    });
    const { code } = await program.exited;
    const html = await readFile(out, 'utf8').catch(() => '');
    return { code, stderr: program.stderr(), html, cells: cellsOf(html) };
  };
};

it('each row shows its pictures at the stated size; a missing one, or one in a private network, is a reason and no failure', async () => {
  const stack = await startStack({ sandbox: { resultKind: 'extended' } });
  const refused = { at: 'submit', status: 400, code: 'InvalidParameter.ImageContent' } as const;
  stack.sandbox.faults.add({ ...refused, source: aimedAt('refused') }, { ...refused, source: aimedAt('missing') });
  const source = (name: string) => ({ source: stack.sandbox.pictureUrl(`${name}.jpg`, { w: 1200, h: 900 }) });
  await stack.accept(BATCH, [
    rowOf(stack, 'kept', BATCH, source('kept')),
    rowOf(stack, 'deleted', BATCH, source('deleted')),
    rowOf(stack, 'refused', BATCH, source('refused')),
    // The stand-in has no picture of that name.
    rowOf(stack, 'missing', BATCH, source('missing')),
  ]);
  await stack.batches.seal(BATCH);
  const worker = await stack.startWorker();
  await stack.waitForBatch(BATCH, 'reported', ({ reportedAt }) => reportedAt !== null, 120_000);
  await worker.kill('SIGTERM');
  const { bucket, client } = stack.bucket;
  await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: 'spring/deleted.jpg' }));

  const report = await reporter(stack);
  const page = await report(['--format', 'html', '--thumbnails']);
  expect(page).toMatchObject({ code: 0, stderr: expect.stringContaining('2 pictures could not be shown; the page') });
  expect(Object.keys(page.cells).sort()).toEqual(['deleted', 'kept', 'missing', 'refused']);
  const { kept, deleted, refused: failed, missing } = page.cells;
  for (const cell of [kept?.before, deleted?.before, failed?.before])
    expect(shownIn(cell ?? '')).toEqual({ format: 'jpeg', width: 240, height: 180, shown: [120, 90] });
  const after = shownIn(kept?.after ?? '');
  expect([after.format, Math.max(after.width, after.height), Math.max(...after.shown)]).toEqual(['jpeg', 240, 120]);
  // What was made is wider than what it was made of, by the row's x_scale.
  expect(after.width / after.height).toBeGreaterThan(240 / 180);
  expect(deleted?.after).toBe('<small>the picture is not in its bucket</small>');
  expect(failed?.after).toBe('');
  expect(missing?.before).toMatch(/^<small>the source is not there, or may not be read \(HTTP 404\)<\/small>$/);

  // Without the right to speak to this machine no source is asked for, and the bucket's pictures stand all the same.
  const asked = stack.sandbox.ledger.submits();
  const guarded = await report(['--format', 'html', '--thumbnails'], { RESULT_ADDRESSES_ALLOWED: '' });
  expect(guarded).toMatchObject({ code: 0, stderr: expect.stringContaining('5 pictures could not be shown') });
  expect(guarded.cells.kept?.before).toBe('<small>the source leads into a private network</small>');
  expect(shownIn(guarded.cells.kept?.after ?? '').format).toBe('jpeg');
  expect(stack.sandbox.ledger.submits()).toBe(asked);

  const plain = await report(['--format', 'html']);
  expect(plain).toMatchObject({ code: 0, html: expect.not.stringContaining('<img') });
  expect(await report(['--thumbnails'])).toMatchObject({ code: 2, stderr: expect.stringContaining('--format html') });
});
