// Calls the real `outpaint` as a person would: on this terminal, or for one JSON object.
import { spawn } from 'node:child_process';
import { runProgram } from '../services/run-program.ts';
import { ServiceError } from '../services/service-error.ts';
import { keepTrackOf } from '../services/started-children.ts';
import { ownProgram } from './own-program.ts';
import { REPOSITORY } from './repository.ts';

const CLI = 'apps/producer/src/main.ts';
const ASK_TIMEOUT_MS = 60_000;
/** Ten times what the slowest command here takes on a slow machine: then it hangs, and waiting would never end. */
const RUN_TIMEOUT_MS = 300_000;

/**
 * On this program's own terminal, in the repository's folder. Resolves to its exit code, -1 if it was killed.
 * Throws `too_slow`, when it is killed.
 */
export const runCli = (args: readonly string[], env: Readonly<Record<string, string>>): Promise<number> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ownProgram(CLI, args), {
      cwd: REPOSITORY,
      env,
      stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    });
    keepTrackOf(child, null);
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new ServiceError('too_slow', `outpaint ${args.join(' ')} took over ${RUN_TIMEOUT_MS / 1000} s.`));
    }, RUN_TIMEOUT_MS);
    child.once('error', reject);
    child.once('exit', (code) => {
      clearTimeout(timer);
      resolve(code ?? -1);
    });
  });

/** What it answers with `--json`, unchecked. Throws `program_failed`. */
export const askCli = async (args: readonly string[], env: Readonly<Record<string, string>>): Promise<unknown> => {
  const options = { env: { ...env }, cwd: REPOSITORY, timeoutMs: ASK_TIMEOUT_MS };
  return JSON.parse(await runProgram(process.execPath, ['--conditions=source', CLI, ...args, '--json'], options));
};
