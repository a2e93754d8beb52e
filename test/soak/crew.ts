// Workers as processes of their own under a supervisor: killed and frozen at will, and started again whenever one is gone.
import { join } from 'node:path';
import { type StartedProgram, startProgram } from '@outpaint/sandbox/stack/start-program';
import { later } from './later.ts';

export interface CrewWish {
  readonly size: number;
  readonly file: string;
  readonly args?: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly readyLine: RegExp;
  /** Its logs, one for each process. */
  readonly dir: string;
}

export interface Crew {
  /** SIGKILL to one that runs; false if none does. `choice`, 0 to 1, says which. */
  kill(choice: number): boolean;
  /** SIGSTOP to one that runs, SIGCONT after so many ms. While two are frozen it waits its turn, and gives it up when `over`. */
  freeze(choice: number, ms: number, over: AbortSignal): Promise<void>;
  /** Resolves when one has ended with 0 by itself: a program that has an end is done. */
  readonly finished: Promise<void>;
  /** How often one ended that nobody had killed, by how it ended. */
  readonly ownEnds: Readonly<Record<string, number>>;
  /** Whether all that there should be have started, frozen ones included. */
  isComplete(): boolean;
  /** SIGTERM to all; resolves to the phrases of how they ended. */
  stop(): Promise<string[]>;
}

const FROZEN_MAX = 2;
const AGAIN_MS = 200;
const LOOK_MS = 50;

export const startCrew = (wish: CrewWish): Crew => {
  const running = new Set<StartedProgram>();
  const frozen = new Set<StartedProgram>();
  const killed = new Set<StartedProgram>();
  const ownEnds: Record<string, number> = {};
  const finished = Promise.withResolvers<void>();
  const stopped = new AbortController();
  let starts = 0;

  const keepOne = async (): Promise<string> => {
    for (;;) {
      starts += 1;
      const { file, args, env, readyLine } = wish;
      const logFile = join(wish.dir, `worker-${String(starts).padStart(3, '0')}.log`);
      const program = await startProgram({
        file,
        env,
        logFile,
        readyLine,
        ...(args === undefined ? {} : { args }),
      }).catch((error: Error) => error);
      let how = 'did not start';
      if (program instanceof Error)
        how = /did not start|ended with \S+|was ended by \S+/.exec(program.message)?.[0] ?? how;
      else {
        running.add(program);
        if (stopped.signal.aborted) program.signal('SIGTERM');
        how = await program.ended;
        running.delete(program);
        frozen.delete(program);
        if (killed.has(program)) how = 'killed';
      }
      if (stopped.signal.aborted) return how;
      if (how === 'ended with 0') {
        finished.resolve();
        return how;
      }
      if (how !== 'killed') {
        ownEnds[how] = (ownEnds[how] ?? 0) + 1;
        await later(AGAIN_MS);
      }
    }
  };
  const places = Array.from({ length: wish.size }, keepOne);

  const oneOf = (choice: number): StartedProgram | undefined => {
    const awake = [...running].filter((one) => !frozen.has(one) && !killed.has(one));
    return awake[Math.floor(choice * awake.length)];
  };

  return {
    kill: (choice) => {
      const victim = oneOf(choice);
      if (victim === undefined) return false;
      killed.add(victim);
      victim.signal('SIGKILL');
      return true;
    },
    freeze: async (choice, ms, over) => {
      let victim = oneOf(choice);
      // A program that works alone is frozen alone; of several, enough stay awake to take its work over.
      while (victim === undefined || frozen.size >= Math.min(FROZEN_MAX, wish.size)) {
        if (stopped.signal.aborted || over.aborted) return;
        await later(LOOK_MS);
        victim = oneOf(choice);
      }
      frozen.add(victim);
      victim.signal('SIGSTOP');
      await later(ms);
      frozen.delete(victim);
      victim.signal('SIGCONT');
    },
    finished: finished.promise,
    ownEnds,
    isComplete: () => running.size === wish.size,
    stop: async () => {
      stopped.abort();
      for (const program of running) {
        program.signal('SIGCONT');
        program.signal('SIGTERM');
      }
      return Promise.all(places);
    },
  };
};
