// Runs a program of ours as a process of its own, and lets no test leave one behind.
import { type ChildProcess, spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { afterEach } from 'vitest';

export interface ProgramExit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

export interface Program {
  pid: number;
  /** What it has printed so far: the last megabyte of each. */
  stdout(): string;
  stderr(): string;
  /** Resolves with the match as soon as a line of stdout or stderr matches, past or future. */
  waitForLine(pattern: RegExp, timeoutMs?: number): Promise<RegExpExecArray>;
  /** Resolves when it is gone. */
  kill(signal?: NodeJS.Signals): Promise<ProgramExit>;
  exited: Promise<ProgramExit>;
}

export interface ProgramOptions {
  /** The whole environment, but for PATH and HOME: what the shell of the person who runs the tests has set stays out. */
  env?: Record<string, string>;
  args?: readonly string[];
}

const REPOSITORY = resolve(import.meta.dirname, '../..');
const OUTPUT_CHARS_MAX = 1_000_000;
const LINE_TIMEOUT_MS = 90_000;

const running = new Set<Program>();

process.once('exit', () => {
  for (const program of running) process.kill(program.pid, 'SIGKILL');
});

afterEach(async () => {
  const left = [...running];
  await Promise.all(left.map((program) => program.kill('SIGKILL')));
  if (left.length > 0) {
    const which = left.map((program) => `${program.pid}\n${program.stderr().slice(-1_000)}`).join('\n');
    throw new Error(`The test left ${left.length} program(s) running: ${which}`);
  }
});

const follow = (child: ChildProcess) => {
  const output = { stdout: '', stderr: '' };
  const listeners = new Set<() => void>();
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      output[name] = (output[name] + text).slice(-OUTPUT_CHARS_MAX);
      for (const listener of listeners) listener();
    });
  }
  return { output, listeners };
};

/** `relativePath` is a `.ts` file of the repository, such as `apps/worker/src/main.ts`; it runs as users run it. */
export const spawnProgram = (relativePath: string, { env = {}, args = [] }: ProgramOptions = {}): Program => {
  const child = spawn(process.execPath, ['--conditions=source', resolve(REPOSITORY, relativePath), ...args], {
    cwd: REPOSITORY,
    // Compiled code is kept between the hundreds of starts of a test run: it saves each of them half a second.
    env: {
      PATH: process.env.PATH ?? '',
      HOME: process.env.HOME ?? '',
      NODE_COMPILE_CACHE: resolve(REPOSITORY, '.cache/node-compile'),
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const { output, listeners } = follow(child);
  const { promise: exited, resolve: end } = Promise.withResolvers<ProgramExit>();
  // `close` and not `exit`: what it printed last has then arrived.
  child.once('close', (code, signal) => end({ code, signal }));

  const waitForLine = (pattern: RegExp, timeoutMs = LINE_TIMEOUT_MS): Promise<RegExpExecArray> =>
    new Promise((found, fail) => {
      const finish = (error: Error | null, match?: RegExpExecArray) => {
        clearTimeout(timer);
        listeners.delete(look);
        if (match !== undefined) found(match);
        else fail(error);
      };
      const look = () => {
        for (const line of [...output.stdout.split('\n'), ...output.stderr.split('\n')]) {
          const match = pattern.exec(line);
          if (match !== null) return finish(null, match);
        }
      };
      const failWith = (why: string) =>
        finish(
          new Error(
            `${relativePath} ${why} ${pattern}:\n${output.stdout.slice(-2_000)}\n${output.stderr.slice(-2_000)}`,
          ),
        );
      const timer = setTimeout(() => failWith(`printed within ${timeoutMs} ms no line like`), timeoutMs);
      listeners.add(look);
      look();
      exited.then(({ code, signal }) => failWith(`ended (${signal ?? code}) without a line like`));
    });

  const program: Program = {
    pid: child.pid ?? -1,
    stdout: () => output.stdout,
    stderr: () => output.stderr,
    waitForLine,
    kill: (signal = 'SIGKILL') => {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      return exited;
    },
    exited,
  };
  running.add(program);
  exited.then(() => running.delete(program));
  return program;
};
