// What every command is given: the environment, the terminal, and where its exit code goes.
import type { Readable } from 'node:stream';
import type { Environment } from '@outpaint/shared/config/settings';
import type { Clock } from '@outpaint/shared/lifecycle/clock';
import type { Terminal } from '../terminal/terminal.ts';
import type { ExitCode } from './exit-code.ts';

export interface CommandContext {
  readonly env: Environment;
  readonly terminal: Terminal;
  readonly stdin: Readable;
  readonly clock: Clock;
  /** Hears Ctrl-C until the returned function is called; while nobody hears it, it ends the program as usual. */
  onInterrupt(listener: () => void): () => void;
  /** Resolves with the name of the signal (SIGTERM, SIGINT) that asks this program to stop. */
  untilTold(): Promise<string>;
  /** Sets the exit code; called once, at a command's end. */
  end(code: ExitCode): void;
}
