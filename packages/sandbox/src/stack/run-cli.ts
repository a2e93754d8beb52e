// Calls the real `outpaint` as a person would: on this terminal, or for one JSON object.
import { spawn } from 'node:child_process';
import { runProgram } from '../services/run-program.ts';
import { keepTrackOf } from '../services/started-children.ts';
import { REPOSITORY } from './repository.ts';

const CLI = ['--conditions=source', 'apps/producer/src/main.ts'];
const ASK_TIMEOUT_MS = 60_000;

/** On this program's own terminal, in the repository's folder. Resolves to its exit code, -1 if it was killed. */
export const runCli = (args: readonly string[], env: Readonly<Record<string, string>>): Promise<number> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...CLI, ...args], { cwd: REPOSITORY, env, stdio: 'inherit' });
    keepTrackOf(child, null);
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? -1));
  });

/** What it answers with `--json`, unchecked. Throws `program_failed`. */
export const askCli = async (args: readonly string[], env: Readonly<Record<string, string>>): Promise<unknown> => {
  const options = { env: { ...env }, cwd: REPOSITORY, timeoutMs: ASK_TIMEOUT_MS };
  return JSON.parse(await runProgram(process.execPath, [...CLI, ...args, '--json'], options));
};
