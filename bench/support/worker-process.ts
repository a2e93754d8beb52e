// A worker as users run it, in a process of its own, whose CPU time can be read.
import { type ChildProcess, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';

const REPOSITORY = resolve(import.meta.dirname, '../..');
/** Linux counts a process' time in ticks; the kernel's tick for user space is 10 ms on every common platform. */
const MS_PER_TICK = 10;

export interface ProgramProcess {
  /** User and system time so far, in ms; NaN where /proc is missing. */
  cpuMs(): Promise<number>;
  stop(): Promise<void>;
  /** SIGKILL. */
  kill(): Promise<void>;
  /** Sends it a signal. */
  signal(name: NodeJS.Signals): void;
}

/** Resolves when the program has printed a line that contains `ready`. */
export const startProgram = async (
  relativePath: string,
  env: Readonly<Record<string, string>>,
  ready: string,
  args: readonly string[] = [],
  /** Hears what it prints, as far as it is kept. */
  onText: (text: string) => void = () => undefined,
): Promise<ProgramProcess> => {
  const child: ChildProcess = spawn(
    process.execPath,
    ['--conditions=source', resolve(REPOSITORY, relativePath), ...args],
    {
      env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const exited = new Promise<void>((ended) => child.once('exit', () => ended()));
  await new Promise<void>((started, failed) => {
    let text = '';
    const look = (bytes: Buffer): void => {
      text = (text + bytes.toString('utf8')).slice(-20_000);
      onText(text);
      if (text.includes(ready)) started();
    };
    child.stdout?.on('data', look);
    child.stderr?.on('data', look);
    exited.then(() => failed(new Error(`${relativePath} ended before it was ready: ${text}`)));
  });
  return {
    cpuMs: async () => {
      try {
        // The name may hold spaces; the fields that count stand behind its closing bracket.
        const fields = (await readFile(`/proc/${child.pid}/stat`, 'utf8')).split(') ')[1]?.split(' ') ?? [];
        return (Number(fields[11]) + Number(fields[12])) * MS_PER_TICK;
      } catch {
        return Number.NaN;
      }
    },
    stop: async () => {
      child.kill('SIGTERM');
      await exited;
    },
    kill: async () => {
      child.kill('SIGKILL');
      await exited;
    },
    signal: (name) => {
      child.kill(name);
    },
  };
};
