// The README's first command: it ends by itself, with pictures, a sheet to look at, and a bill of one for each.
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readPicture } from '@outpaint/sandbox/picture/read-picture';
import { expect, it, onTestFinished } from 'vitest';
import { type Program, spawnProgram } from '../support/child.ts';

const DEMO = 'packages/sandbox/src/demo/main.ts';
/** It takes half a minute on a machine that does nothing else; nothing is asserted about that. */
const TIMEOUT_MS = 300_000;
const DELIVERED = 24;

const tempDir = async (): Promise<string> => {
  const dir = await mkdtemp(join(tmpdir(), 'outpaint-demo-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  return dir;
};

/** True when nobody listens any more where the stand-in for the API was. */
const isGone = async (demo: Program): Promise<boolean> => {
  const port = Number(/DashScope on 127\.0\.0\.1:(\d+)/.exec(demo.stdout())?.[1]);
  expect(port).toBeGreaterThan(0);
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('connect', () => {
      socket.destroy();
      resolve(false);
    });
    socket.once('error', () => resolve(true));
  });
};

const filesBelow = async (dir: string): Promise<string[]> =>
  (await readdir(dir, { recursive: true })).map((file) => file.replaceAll('\\', '/')).sort();

it('the demo delivers its catalog, bills each picture once, draws the contact sheet, and leaves nothing running', {
  timeout: TIMEOUT_MS,
}, async () => {
  const dir = await tempDir();
  // Something of the person's own in the same folder is not the demo's to remove.
  await writeFile(join(dir, 'notes.txt'), 'keep me');
  const demo = spawnProgram(DEMO, { args: ['--dir', dir] });
  const { code } = await demo.exited;
  expect(demo.stderr()).not.toContain('Not as it must be');
  expect(code).toBe(0);
  expect(demo.stdout()).toContain(`27 accepted: ${DELIVERED} delivered, 3 dead-lettered, 0 in doubt`);
  expect(demo.stdout()).toContain(`billed ${DELIVERED} pictures, once each: 4.32 CNY`);
  expect(demo.stderr()).toContain('line 29: parameters.output_ratio must be one of');
  for (const code of ['FileDownload', 'ImageContent']) expect(demo.stdout()).toContain(`1 × InvalidParameter.${code}`);
  expect(demo.stdout()).toContain('1 × InternalError.FileUpload');

  const files = await filesBelow(join(dir, 'bucket/pictures/demo'));
  const pictures = files.filter((name) => name.endsWith('.jpg'));
  expect(pictures).toHaveLength(DELIVERED);
  expect(files).toContain('report/failed.jsonl');
  const shoe = await readPicture(await readFile(join(dir, 'bucket/pictures/demo/shoe-01.jpg')), { thorough: true });
  expect(shoe).toEqual({ format: 'jpeg', width: 1600, height: 900 });

  const sheet = await readPicture(await readFile(join(dir, 'contact-sheet.png')), { thorough: true });
  expect(sheet).toMatchObject({ format: 'png' });
  expect(sheet?.width).toBeGreaterThan(1000);
  expect(sheet?.height).toBeGreaterThan(1000);
  const page = await readFile(join(dir, 'contact-sheet.html'), 'utf8');
  // Before and after of what was delivered, and before of two that were not.
  expect(page.match(/src="data:image\/jpeg;base64,/g)).toHaveLength(2 * DELIVERED + 2);
  const links = [...page.matchAll(/href="bucket\/pictures\/demo\/([^"]+)"/g)].map(([, file]) => file);
  expect(links.sort()).toEqual(pictures);

  expect(await isGone(demo)).toBe(true);
  expect(await readdir(dir)).toContain('notes.txt');
  expect(await readdir(dir)).not.toContain('running.lock');
});

it('a demo that is interrupted stops what it has started and ends with 130', { timeout: TIMEOUT_MS }, async () => {
  const demo = spawnProgram(DEMO, { args: ['--dir', await tempDir()] });
  await demo.waitForLine(/^3\. The real thing/, 120_000);
  expect(await demo.kill('SIGINT')).toEqual({ code: 130, signal: null });
  expect(await isGone(demo)).toBe(true);
});
