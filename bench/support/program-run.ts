// Runs a program of ours, or a control, to its end: how long it took, and the most memory that it had.
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';

const REPOSITORY = resolve(import.meta.dirname, '../..');
const LOOK_MS = 20;

export interface ProgramRun {
  readonly ms: number;
  /** Of resident memory, as Linux keeps it; NaN where /proc is missing. */
  readonly peakBytes: number;
  readonly stdout: string;
  readonly code: number | null;
}

export interface RunningProgram {
  readonly ended: Promise<ProgramRun>;
  kill(): void;
}

/** Output on stderr is shown only where the program fails. */
export const startRun = (
  relativePath: string,
  env: Readonly<Record<string, string>>,
  args: readonly string[],
): RunningProgram => {
  const begun = performance.now();
  const child = spawn(process.execPath, ['--conditions=source', resolve(REPOSITORY, relativePath), ...args], {
    env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout = (stdout + text).slice(-100_000);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-2_000);
  });
  let peakBytes = Number.NaN;
  const look = setInterval(async () => {
    const status = await readFile(`/proc/${child.pid}/status`, 'utf8').catch(() => '');
    const kib = /^VmHWM:\s+(\d+) kB/m.exec(status)?.[1];
    if (kib !== undefined) peakBytes = Number(kib) * 1_024;
  }, LOOK_MS);
  const ended = new Promise<ProgramRun>((end, fail) => {
    child.once('close', (code, signal) => {
      clearInterval(look);
      // 9 is how a cancel ends that went well.
      if (signal === null && code !== 0 && code !== 9)
        fail(new Error(`${args.join(' ')} ended with ${code}: ${stderr}`));
      else end({ ms: performance.now() - begun, peakBytes, stdout, code });
    });
  });
  return { ended, kill: () => void child.kill('SIGKILL') };
};

export const runProgram = (
  relativePath: string,
  env: Readonly<Record<string, string>>,
  args: readonly string[],
): Promise<ProgramRun> => startRun(relativePath, env, args).ended;

/** The command line of an installation. */
export const outpaint = (env: Readonly<Record<string, string>>, ...args: string[]): Promise<ProgramRun> =>
  runProgram('apps/producer/src/main.ts', env, args);
