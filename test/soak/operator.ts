// The person at the end of a run: asks the command line to settle what it can, and decides nothing.
import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ownProgram } from '@outpaint/sandbox/stack/own-program';
import { REPOSITORY } from '@outpaint/sandbox/stack/repository';

const CLI = 'apps/producer/src/main.ts';
const MS_MAX = 120_000;
const OUTPUT_BYTES_MAX = 64 * 1024 * 1024;
/** All is settled, or some doubts are held for a person. */
const CODES_GOOD = [0, 6];

interface ReconcileAnswer {
  readonly settled: readonly unknown[];
  readonly open: readonly unknown[];
  readonly suspected_duplicates: readonly unknown[];
  readonly failed: string | null;
}

/** `outpaint` with these arguments and `--json`: its exit code and what it answers. */
export const askOutpaint = (
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<{ code: number; stdout: string; stderr: string }> =>
  new Promise((resolve) => {
    execFile(
      process.execPath,
      ownProgram(CLI, [...args, '--json']),
      { env, cwd: REPOSITORY, timeout: MS_MAX, killSignal: 'SIGKILL', maxBuffer: OUTPUT_BYTES_MAX },
      (error, stdout, stderr) => resolve({ code: error === null ? 0 : Number(error.code ?? -1), stdout, stderr }),
    );
  });

interface LineAnswer {
  readonly code: string | null;
  readonly since: string | null;
  readonly redis_went_back: { readonly unknown_tasks: number } | null;
}

/**
 * What docs/operations.md says of a Redis that was put back: where the line has halted for it, the logs of all workers
 * give their tasks back; tasks that no log knows are accepted as lost after `patienceMs`, which may pay for their rows
 * again. Returns how many were accepted. Safe to repeat; does nothing where Redis does not answer just then.
 */
export const tendRestored = async (
  o: { readonly dir: string; readonly patienceMs: number },
  env: Readonly<Record<string, string>>,
): Promise<number> => {
  const line = await askLine(env);
  if (line?.code !== 'redis_went_back') return 0;
  const logs = (await readdir(o.dir)).filter((name) => /^worker-\d+\.log$/.test(name));
  for (const name of logs) await askOutpaint(['reconcile', '--journal', join(o.dir, name)], env);
  const after = await askLine(env);
  const unknown = after?.redis_went_back?.unknown_tasks ?? 0;
  if (unknown === 0 || Date.now() - Date.parse(after?.since ?? '') < o.patienceMs) return 0;
  const { code } = await askOutpaint(['line', 'resume', '--accept-unknown'], env);
  return code === 0 ? unknown : 0;
};

const askLine = async (env: Readonly<Record<string, string>>): Promise<LineAnswer | null> => {
  const { stdout } = await askOutpaint(['line', 'status'], env);
  return stdout === '' ? null : (JSON.parse(stdout) as LineAnswer);
};

/** Sentences about what went wrong; empty where `outpaint reconcile` did its work. */
export const reconcileOnce = async (env: Readonly<Record<string, string>>): Promise<string[]> => {
  const { code, stdout, stderr } = await askOutpaint(['reconcile'], env);
  if (!CODES_GOOD.includes(code)) return [`outpaint reconcile ended with ${code}: ${stderr.slice(-500)}`];
  const answer = JSON.parse(stdout) as ReconcileAnswer;
  return [
    ...(answer.failed === null ? [] : [`outpaint reconcile: ${answer.failed}`]),
    ...answer.suspected_duplicates.map((one) => `suspected duplicate: ${JSON.stringify(one)}`),
  ];
};
