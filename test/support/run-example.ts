// Runs an example as its reader would: with an environment of its own, and to its end.
import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const REPOSITORY = resolve(import.meta.dirname, '../..');

/** What it printed. Rejects where it ended with another code than 0. */
export const runExample = async (
  program: 'node' | 'sh',
  path: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<string> => {
  const command = program === 'node' ? process.execPath : program;
  const { stdout } = await run(command, [resolve(REPOSITORY, path), ...args], {
    env: { PATH: process.env.PATH ?? '', ...env },
  });
  return stdout.trim();
};
