// What `pnpm build` makes runs on plain Node: no TypeScript, no source, no condition, and only production packages.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { startStack } from '../support/stack.ts';

const REPOSITORY = resolve(import.meta.dirname, '../..');
const PACKAGES = ['packages/shared', 'apps/worker', 'apps/producer'];
const WORKER = 'apps/worker/dist/main.js';
const CLI = 'apps/producer/dist/main.js';
/** Node, tsc and a shell; nothing else of the machine. */
const PATH = [join(REPOSITORY, 'node_modules/.bin'), dirname(process.execPath), '/usr/bin', '/bin'].join(delimiter);

const run = promisify(execFile);
let dir: string;

/** The packages with their own dependencies as pnpm linked them; the links are relative and lead into the copy. */
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'outpaint-built-'));
  await cp(join(REPOSITORY, 'tsconfig.base.json'), join(dir, 'tsconfig.base.json'));
  await symlink(join(REPOSITORY, 'node_modules'), join(dir, 'node_modules'));
  for (const name of PACKAGES) {
    await cp(join(REPOSITORY, name), join(dir, name), {
      recursive: true,
      verbatimSymlinks: true,
      filter: (path) => !/\/(dist|\.turbo)$/.test(path),
    });
  }
  for (const name of PACKAGES) {
    const { scripts } = JSON.parse(await readFile(join(dir, name, 'package.json'), 'utf8'));
    await run('sh', ['-c', scripts.build], { cwd: join(dir, name), env: { PATH } });
  }
  // From here on there is nothing but what was built, and no package that only development has.
  for (const name of PACKAGES) await rm(join(dir, name, 'src'), { recursive: true });
  await rm(join(dir, 'node_modules'));
  await mkdir(join(dir, 'node_modules'));
  await symlink(join(REPOSITORY, 'node_modules/.pnpm'), join(dir, 'node_modules/.pnpm'));
}, 180_000);

afterAll(() => rm(dir, { recursive: true, force: true }));

const node = (...args: string[]) => run(process.execPath, args, { cwd: dir, env: {} });

it('both programs say what they do, without any setting', async () => {
  expect((await node(WORKER, '--help')).stdout).toMatch(/^Usage: worker /);
  expect((await node(CLI, '--help')).stdout).toMatch(/^Usage: outpaint /);
});

it('no test and no TypeScript is among what was built, but declarations', async () => {
  const built = await Promise.all(PACKAGES.map((name) => readdir(join(dir, name, 'dist'), { recursive: true })));
  const files = built.flat().filter((path) => /\.[^/]+$/.test(path));
  expect(files.length).toBeGreaterThan(100);
  expect(files.filter((path) => !/\.(js|d\.ts)$/.test(path) || /\.test(-support)?\./.test(path))).toEqual([]);
});

it('a worker and a CLI that were built take a row to the bucket, billed once, and the worker drains on SIGTERM', async () => {
  const stack = await startStack();
  const manifest = join(dir, 'one.csv');
  await writeFile(manifest, `custom_id,source,x_scale\nsku-1,${stack.sandbox.pictureUrl('sku-1.jpg')},2\n`);
  const worker = spawn(process.execPath, [WORKER], { cwd: dir, env: stack.env, stdio: 'ignore' });
  onTestFinished(() => void worker.kill('SIGKILL'));
  const exited = once(worker, 'exit');

  const { stdout } = await run(process.execPath, [CLI, 'run', manifest], { cwd: dir, env: stack.env });

  expect(stdout).toContain('1 of 1 row delivered');
  expect(stack.sandbox.ledger.billed()).toBe(1);
  expect(await stack.keysInBucket()).toEqual(['one/sku-1.jpg']);
  worker.kill('SIGTERM');
  expect(await exited).toEqual([0, null]);
});
