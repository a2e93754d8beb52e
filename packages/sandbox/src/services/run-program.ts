// Runs a program to its end, with a deadline, and gives back what it printed.
import { execFile } from 'node:child_process';
import { ServiceError } from './service-error.ts';

export interface RunOptions {
  env: Record<string, string>;
  timeoutMs: number;
  cwd?: string;
}

/** No program that is run here prints more than some kilobytes. */
const OUTPUT_BYTES_MAX = 4 * 1024 * 1024;

/** Resolves to its stdout. Throws `program_failed` with the end of its stderr when it fails, or is too slow. */
export const runProgram = (program: string, args: readonly string[], options: RunOptions): Promise<string> =>
  new Promise((resolve, reject) => {
    execFile(
      program,
      args,
      {
        env: options.env,
        timeout: options.timeoutMs,
        killSignal: 'SIGKILL',
        maxBuffer: OUTPUT_BYTES_MAX,
        ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      },
      (error, stdout, stderr) => {
        if (error === null) return resolve(stdout);
        const why = error.killed ? `gave no answer within ${options.timeoutMs} ms` : error.message.split('\n')[0];
        const said = stderr.trim().split('\n').slice(-3).join(' | ');
        reject(
          new ServiceError('program_failed', `${program} ${why}${said === '' ? '' : `: ${said}`}`, { cause: error }),
        );
      },
    );
  });
