// docs/catalogs.md is true: its files are written, its commands run as they stand there, on a real worker.
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import type { Batch } from '@outpaint/shared/batch/batch';
import type { BatchName } from '@outpaint/shared/contract/ids';
import { expect, it } from 'vitest';
import { blocksOf, openDesk } from '../support/document-desk.ts';
import { aimedAt } from '../support/row-story.ts';
import { type Stack, startStack } from '../support/stack.ts';

const DOCUMENT = 'docs/catalogs.md';
const HOUR_MS = 3_600_000;

const dead = ({ counts }: Batch): number => counts.dead_lettered;

/** The bucket of which the document speaks; other tests of this store have none of that name. */
const fillPhotos = async ({ bucket: { client } }: Stack): Promise<void> => {
  await client.send(new CreateBucketCommand({ Bucket: 'photos' })).catch(() => undefined);
  for (const Key of ['autumn/leaf.jpg', 'autumn/wood/tree.png', 'autumn/readme.txt'])
    await client.send(new PutObjectCommand({ Bucket: 'photos', Key, Body: 'a picture' }));
};

/** What the document says has gone wrong in its sale: the API's answers for two of the pictures. */
const failSale = ({ sandbox }: Stack): void => {
  const answers = { 'sale-1': 'InvalidParameter.FileDownload', 'sale-2': 'InvalidParameter.ImageContent' } as const;
  for (const [name, code] of Object.entries(answers))
    sandbox.faults.add({ at: 'submit', status: 400, code, message: 'not this one', source: aimedAt(name), times: 1 });
};

/** Said in passing; other journeys use them. */
const ELSEWHERE = ['--json', '--bad-rows'];

const optionsIn = (text: string): Set<string> => new Set(text.match(/--[a-z][a-z-]+/g));

it('every option that docs/catalogs.md speaks of is used by a command in it, but for two', async () => {
  const used = optionsIn((await blocksOf(DOCUMENT)).map(({ info, text }) => (info === 'sh' ? text : '')).join('\n'));
  const named = optionsIn(await readFile(resolve(import.meta.dirname, '../..', DOCUMENT), 'utf8'));
  expect([...named].filter((option) => !used.has(option)).sort()).toEqual(ELSEWHERE.toSorted());
});

it('every command of docs/catalogs.md does what it says there', { timeout: 240_000 }, async () => {
  const stack = await startStack();
  const worker = await stack.startWorker();
  await fillPhotos(stack);
  failSale(stack);
  const blocks = await blocksOf(DOCUMENT);
  const { sh, folder } = await openDesk(blocks, stack.env);
  const reported = (name: string, description: string, is: (batch: Batch) => boolean = () => true) =>
    stack.waitForBatch(
      name as BatchName,
      `reported, ${description}`,
      (batch) => batch.state === 'finished' && (batch.reportedAt ?? 0) >= (batch.finishedAt ?? 0) && is(batch),
    );
  /** What the document says has happened before one goes on reading. */
  const before = async (text: string): Promise<void> => {
    if (text.startsWith('outpaint batch report feed')) await reported('feed', 'at its end');
    if (text.startsWith('outpaint dead-letter list')) await reported('sale', 'both dead', (b) => dead(b) === 2);
    if (text.startsWith('outpaint batch report sale')) await reported('sale', 'one mended', (b) => dead(b) === 1);
  };
  const said: string[] = [];
  for (const block of blocks.filter(({ info }) => info === 'sh')) {
    await before(block.text);
    const { code, stdout, stderr } = await sh(block);
    expect(code, `${block.text}${stderr}`).toBe(0);
    said.push(`${stdout}${stderr}`);
  }

  const [plan, probe, run, tonight, planned, bad, bucket, report, sale, desk, rest, ...more] = said;
  expect(more).toEqual([]);
  expect(plan).toContain('good: 4 · with problems: 0');
  expect(plan).toContain('watermark: off in all 4 pictures');
  expect(probe).toContain('sources: 4 of 4 rows looked at, 0 would surely fail');
  expect(run).toContain('4 of 4 rows delivered');
  expect(await stack.batch('feed' as BatchName)).toMatchObject({ state: 'finished', counts: { delivered: 4 } });
  expect(tonight).toContain('4 rows accepted into night');
  const night = await stack.batch('night' as BatchName);
  expect(night).toMatchObject({
    weight: 3,
    budgetMicro: 18_000_000_000,
    failuresPercent: 5,
    counts: { accepted: 4 },
  });
  expect((night.notBefore ?? 0) - night.createdAt).toBeGreaterThan(5.9 * HOUR_MS);
  expect(planned).toContain('0 rows accepted into feed · 4 accepted earlier');
  expect(bad).toContain('2 of 2 rows delivered');
  expect(await stack.batch('late' as BatchName)).toMatchObject({ state: 'finished', counts: { delivered: 2 } });
  expect(bucket).toContain('1 other object below s3://photos/autumn/ left out');
  expect(await stack.batch('fall' as BatchName)).toMatchObject({ state: 'finished', counts: { delivered: 2 } });

  expect(report).toMatch(/^feed: finished, .*\n4 rows delivered: s3:/);
  const [csv, page, failed] = await Promise.all(
    ['feed-report.csv', 'feed.html', 'sale-failed.jsonl'].map((name) => readFile(join(folder, name), 'utf8')),
  );
  expect(csv?.split('\r\n').map((line) => line.split(',')[1])).toEqual([
    'outcome',
    ...Array(4).fill('delivered'),
    undefined,
  ]);
  // The sources are of no real shop; what was made of them is shown.
  expect(page?.match(/<img src="data:image\/jpeg;base64,/g)).toHaveLength(4);
  expect(page?.match(/<small>the source could not be fetched<\/small>/g)).toHaveLength(4);

  expect(sale).toContain('3 rows accepted into sale');
  for (const text of ['InvalidParameter.FileDownload', '1 row changed.', '1 row redriven'])
    expect(desk).toContain(text);
  expect(
    failed
      ?.trim()
      .split('\n')
      .map((line) => JSON.parse(line).custom_id),
  ).toEqual(['SALE-2']);
  expect(rest).toContain('1 row forgotten');
  expect(await stack.batch('sale' as BatchName)).toMatchObject({
    expired: 1,
    counts: { delivered: 2, dead_lettered: 1 },
  });
  // Two for the rows of the sale that were made, and nothing for those that were refused.
  expect(stack.sandbox.ledger.billed()).toBe(10);
  await worker.kill();
});
