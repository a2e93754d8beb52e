// The processes that were started here and still run: none may outlive the program that started it.
import type { ChildProcess } from 'node:child_process';

const running = new Set<ChildProcess>();

process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Kills the child when this process exits, however it exits short of SIGKILL; forgets it when it ends before. */
export const keepTrackOf = (child: ChildProcess): void => {
  running.add(child);
  child.once('exit', () => running.delete(child));
};
