// Starts a program of this repository that runs until it is told to stop, and keeps what it prints in a file.
import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { ServiceError } from '../services/service-error.ts';
import { keepTrackOf } from '../services/started-children.ts';
import { within } from '../services/within.ts';
import { ownProgram } from './own-program.ts';
import { REPOSITORY, shownPath } from './repository.ts';

export interface ProgramWish {
  /** A `main.ts`, relative to the repository. */
  readonly file: string;
  /** The whole environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  readonly logFile: string;
  /** The line of its output that says that it is ready. */
  readonly readyLine: RegExp;
}

export interface StartedProgram {
  /** Its `main.ts`, and where its output goes. */
  readonly file: string;
  readonly logFile: string;
  /** The match of `readyLine`. */
  readonly ready: RegExpExecArray;
  /** Resolves to a phrase such as `ended with 1` when it is gone, asked to or not. Never rejects. */
  readonly ended: Promise<string>;
  readonly pid: number;
  /** Sends it a signal; nothing happens where it is gone. */
  signal(name: NodeJS.Signals): void;
  /** SIGTERM, and SIGKILL when that is not enough; resolves when it is gone. Safe to repeat. */
  stop(): Promise<void>;
}

/** A cold start on a slow machine compiles and loads some thousand files. */
const READY_TIMEOUT_MS = 60_000;
/** More than the worker's own SHUTDOWN_TIMEOUT_MS here, so that it ends by itself. */
const STOP_TIMEOUT_MS = 10_000;

/** Throws `program_not_started`, naming the log, when it ends or says nothing before it is ready. */
export const startProgram = async ({ file, env, args, logFile, readyLine }: ProgramWish): Promise<StartedProgram> => {
  const child = spawn(process.execPath, ownProgram(file, args), {
    cwd: REPOSITORY,
    env,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  keepTrackOf(child, null);
  const ended = endOf(child);
  const stop = () => stopChild(child, ended);
  const failed = ended.then((how) => {
    throw new ServiceError('program_not_started', `${file} ${how} before it was ready: see ${shownPath(logFile)}`);
  });
  // It ends after having been ready, too, when nobody waits for this any more.
  failed.catch(() => undefined);
  try {
    const line = Promise.race([readyOf(child, logFile, readyLine), failed]);
    const ready = await within(`starting ${file}`, READY_TIMEOUT_MS, line);
    const signal = (name: NodeJS.Signals) => void child.kill(name);
    return { file, logFile, ready, ended, pid: child.pid ?? -1, signal, stop };
  } catch (error) {
    await stop();
    throw error;
  }
};

/** Rejects as soon as it ends, for a race with work that needs it: `program_ended`, naming the log. */
export const whenGone = async (program: StartedProgram): Promise<never> => {
  const how = await program.ended;
  throw new ServiceError('program_ended', `${program.file} ${how} too early: see ${shownPath(program.logFile)}`);
};

const endOf = (child: ChildProcess): Promise<string> =>
  new Promise((resolve) => {
    child.once('error', (error) => resolve(`did not start (${error.message})`));
    child.once('exit', (code, signal) => resolve(signal === null ? `ended with ${code}` : `was ended by ${signal}`));
  });

const readyOf = (child: ChildProcess, logFile: string, pattern: RegExp): Promise<RegExpExecArray> =>
  new Promise((resolve) => {
    const log = createWriteStream(logFile, { flags: 'a' });
    // A full disk must not end what only wanted to be written down.
    log.on('error', () => undefined);
    for (const stream of [child.stdout, child.stderr]) {
      if (stream === null) continue;
      createInterface({ input: stream }).on('line', (line) => {
        log.write(`${line}\n`);
        const match = pattern.exec(line);
        if (match !== null) resolve(match);
      });
    }
    child.once('close', () => log.end());
  });

const stopChild = async (child: ChildProcess, ended: Promise<string>): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
  await ended;
  clearTimeout(timer);
};
