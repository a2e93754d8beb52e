// Claims about the tools that the other tests stand on.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { spawnProgram } from '../support/child.ts';
import { waitFor } from '../support/wait-for.ts';

const programOf = async (source: string): Promise<string> => {
  const dir = await mkdtemp(join(tmpdir(), 'outpaint-program-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  const path = join(dir, 'program.ts');
  await writeFile(path, source);
  return path;
};

test('waitFor gives back the first answer that is one', async () => {
  const answers = [null, undefined, false, 0, 1];
  expect(await waitFor('an answer', () => answers.shift(), { everyMs: 1 })).toBe(0);
});

test('waitFor fails with what it waited for and the last answer', async () => {
  const waiting = waitFor('the moon', () => null, { timeoutMs: 20, everyMs: 5 });
  await expect(waiting).rejects.toThrow('Waited 20 ms for: the moon. Last answer: null');
});

test('waitFor takes an error for "not yet", and shows it when the deadline passes', async () => {
  let calls = 0;
  const ask = () => {
    calls += 1;
    throw new Error('refused');
  };
  await expect(waitFor('a server', ask, { timeoutMs: 20, everyMs: 5 })).rejects.toThrow('refused');
  expect(calls).toBeGreaterThan(1);
});

test('a program gets only the environment that it is given, with PATH, HOME and a place for compiled code', async () => {
  const path = await programOf('console.log(Object.keys(process.env).sort().join(" ")); setInterval(() => {}, 1e6);');
  const program = spawnProgram(path, { env: { ONLY_THIS: '1' }, args: ['x'] });
  expect((await program.waitForLine(/ONLY_THIS/)).input).toBe('HOME NODE_COMPILE_CACHE ONLY_THIS PATH');
  expect(await program.kill('SIGTERM')).toEqual({ code: null, signal: 'SIGTERM' });
});

test('waiting for a line of a program that ends without it fails with all that it printed', async () => {
  const program = spawnProgram(await programOf('console.error("no key"); process.exit(3);'));
  await expect(program.waitForLine(/ready/)).rejects.toThrow(/ended \(3\)[\s\S]*no key/);
  expect(await program.exited).toEqual({ code: 3, signal: null });
});
