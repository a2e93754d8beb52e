// The processes that were started here and still run: none may outlive the program that started it.
import type { ChildProcess } from 'node:child_process';
import { rmSync } from 'node:fs';

/** Each with the temporary folder that goes with it. */
const running = new Map<ChildProcess, string | null>();

process.once('exit', () => {
  for (const [child, folder] of running) {
    child.kill('SIGKILL');
    // Only what can be done at once: there is no later.
    if (folder !== null) rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
});

/**
 * Kills the child, and removes the folder, when this process exits, however it exits short of a signal that nobody
 * catches. Forgets both when the child ends before.
 */
export const keepTrackOf = (child: ChildProcess, folder: string | null): void => {
  running.set(child, folder);
  child.once('exit', () => running.delete(child));
};
