// How a program of this repository is started as a child: on the same Node, from source, and never left behind.
import { resolve } from 'node:path';

const PRELOAD = resolve(import.meta.dirname, 'end-with-parent.ts');

/** For `spawn(process.execPath, …)`; give it a channel (`'ipc'`) as well, by which it notices that its parent is gone. */
export const ownProgram = (file: string, args: readonly string[] = []): string[] => [
  '--conditions=source',
  `--import=${PRELOAD}`,
  file,
  ...args,
];
