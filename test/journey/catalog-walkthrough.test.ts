// docs/catalogs.md is true: its files are written, its commands run as they stand there, on a real worker.
import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import type { BatchName } from '@outpaint/shared/contract/ids';
import { expect, it, onTestFinished } from 'vitest';
import { type Stack, startStack } from '../support/stack.ts';

const REPOSITORY = resolve(import.meta.dirname, '../..');
const run = promisify(execFile);

/** The bucket of which the document speaks; other tests of this store have none of that name. */
const fillPhotos = async ({ bucket: { client } }: Stack): Promise<void> => {
  await client.send(new CreateBucketCommand({ Bucket: 'photos' })).catch(() => undefined);
  for (const Key of ['autumn/leaf.jpg', 'autumn/wood/tree.png', 'autumn/readme.txt'])
    await client.send(new PutObjectCommand({ Bucket: 'photos', Key, Body: 'a picture' }));
};

interface Block {
  /** `csv feed.csv`, `sh`. */
  readonly info: string;
  readonly text: string;
}

const blocksOf = (document: string): Block[] =>
  [...document.matchAll(/^```(\S+(?: \S+)?)\n([\s\S]*?)^```$/gm)].map(([, info = '', text = '']) => ({ info, text }));

/** A folder with the document's files, and `outpaint` on the path of its shell. */
const desk = async (blocks: readonly Block[], env: Record<string, string>) => {
  const folder = await mkdtemp(join(tmpdir(), 'outpaint-catalogs-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await mkdir(join(folder, '.bin'));
  const program = join(folder, '.bin/outpaint');
  const main = resolve(REPOSITORY, 'apps/producer/src/main.ts');
  await writeFile(program, `#!/bin/sh\nexec '${process.execPath}' --conditions=source '${main}' "$@"\n`);
  await chmod(program, 0o755);
  for (const { info, text } of blocks) {
    const name = /^(?:csv|json) (\S+)$/.exec(info)?.[1];
    if (name !== undefined) await writeFile(join(folder, name), text);
  }
  const path = `${join(folder, '.bin')}:${process.env.PATH ?? ''}`;
  return {
    folder,
    /** Rejects where a command of the block ends with another code than 0. */
    sh: (block: Block) => run('sh', ['-ec', block.text], { cwd: folder, env: { ...env, PATH: path } }),
  };
};

it('every command of docs/catalogs.md does what it says there', async () => {
  const stack = await startStack();
  const worker = await stack.startWorker();
  await fillPhotos(stack);
  const blocks = blocksOf(await readFile(join(REPOSITORY, 'docs/catalogs.md'), 'utf8'));
  const { sh } = await desk(blocks, stack.env);
  const commands = blocks.filter(({ info }) => info === 'sh');
  expect(commands.length).toBeGreaterThan(1);
  const said: string[] = [];
  for (const block of commands) {
    const { stdout, stderr } = await sh(block);
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
