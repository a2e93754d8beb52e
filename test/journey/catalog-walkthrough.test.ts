// docs/catalogs.md is true: its files are written, its commands run as they stand there, on a real worker.
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import type { BatchName } from '@outpaint/shared/contract/ids';
import { expect, it } from 'vitest';
import { blocksOf, openDesk } from '../support/document-desk.ts';
import { type Stack, startStack } from '../support/stack.ts';

/** The bucket of which the document speaks; other tests of this store have none of that name. */
const fillPhotos = async ({ bucket: { client } }: Stack): Promise<void> => {
  await client.send(new CreateBucketCommand({ Bucket: 'photos' })).catch(() => undefined);
  for (const Key of ['autumn/leaf.jpg', 'autumn/wood/tree.png', 'autumn/readme.txt'])
    await client.send(new PutObjectCommand({ Bucket: 'photos', Key, Body: 'a picture' }));
};

it('every command of docs/catalogs.md does what it says there', async () => {
  const stack = await startStack();
  const worker = await stack.startWorker();
  await fillPhotos(stack);
  const blocks = await blocksOf('docs/catalogs.md');
  const { sh } = await openDesk(blocks, stack.env);
  const commands = blocks.filter(({ info }) => info === 'sh');
  expect(commands.length).toBeGreaterThan(1);
  const said: string[] = [];
  for (const block of commands) {
    const { code, stdout, stderr } = await sh(block);
    expect(code, `${block.text}${stderr}`).toBe(0);
    said.push(`${stdout}${stderr}`);
  }

  expect(said[0]).toContain('good: 4 · with problems: 0');
  expect(said[0]).toContain('watermark: off in all 4 pictures');
  expect(said[1]).toContain('4 of 4 rows delivered');
  const batch = await stack.batch('feed' as BatchName);
  expect(batch).toMatchObject({ state: 'finished', rows: 4, counts: { delivered: 4 } });
  expect(said[2]).toContain('0 rows accepted into feed · 4 accepted earlier');
  expect(said[3]).toContain('2 of 2 rows delivered');
  expect(await stack.batch('late' as BatchName)).toMatchObject({ state: 'finished', counts: { delivered: 2 } });
  expect(said[4]).toContain('1 other object below s3://photos/autumn/ left out');
  expect(await stack.batch('fall' as BatchName)).toMatchObject({ state: 'finished', counts: { delivered: 2 } });
  expect(stack.sandbox.ledger.billed()).toBe(8);
  await worker.kill();
});
