// The person's side of the program: data to stdout, messages and progress to stderr, questions.
import { createInterface } from 'node:readline/promises';
import type { Readable, Writable } from 'node:stream';
import { cellsOf } from './columns.ts';
import { createPaint, type Paint } from './paint.ts';

type Screen = Writable & { readonly isTTY?: boolean; readonly columns?: number };

export interface Terminal {
  /** What was asked for: goes to stdout, so that a pipe gets it and nothing else. */
  data(text: string): void;
  /** A message for people, on stderr. */
  say(text: string): void;
  /** Shows one line that replaces the last one; does nothing where {@link animates} is false. */
  progress(text: string): void;
  /** Takes the progress line away. */
  clearProgress(): void;
  /** Whether a line can be redrawn: stderr is a terminal, and not a dumb one. */
  readonly animates: boolean;
  /** Whether there is a person to answer a question. */
  readonly asks: boolean;
  /** True for `y` or `yes`; anything else, an end of the input too, is no. */
  ask(question: string): Promise<boolean>;
  /** For text on stdout. */
  readonly paint: Paint;
}

export interface TerminalStreams {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Screen;
  readonly stderr: Screen;
}

const CLEAR_LINE = '\r\u001b[2K';
/** A pseudo-terminal that nobody gave a size says 0. */
const COLUMNS_UNKNOWN = 80;

const cutTo = (text: string, cells: number): string => {
  if (cellsOf(text) <= cells) return text;
  let cut = text;
  while (cut !== '' && cellsOf(cut) > cells - 1) cut = cut.slice(0, -1);
  return `${cut}…`;
};

export const createTerminal = (
  { stdin, stdout, stderr }: TerminalStreams,
  env: Readonly<Record<string, string | undefined>>,
): Terminal => {
  const animates = stderr.isTTY === true && env.TERM !== 'dumb';
  let shown = false;
  const clear = (): void => {
    if (shown) stderr.write(CLEAR_LINE);
    shown = false;
  };
  const line = (text: string): string => (text.endsWith('\n') ? text : `${text}\n`);
  return {
    animates,
    asks: stdin.isTTY === true && stderr.isTTY === true,
    paint: createPaint(stdout.isTTY === true, env),
    data: (text) => {
      clear();
      stdout.write(line(text));
    },
    say: (text) => {
      clear();
      stderr.write(line(text));
    },
    progress: (text) => {
      if (!animates) return;
      // One cell is left free: a line that fills the last one wraps, and could not be cleared.
      stderr.write(`${CLEAR_LINE}${cutTo(text, (stderr.columns || COLUMNS_UNKNOWN) - 1)}`);
      shown = true;
    },
    clearProgress: clear,
    ask: async (question) => {
      clear();
      const lines = createInterface({ input: stdin, output: stderr });
      try {
        const ended = new Promise<string>((resolve) => lines.once('close', () => resolve('')));
        const answer = await Promise.race([lines.question(`${question} [y/N] `), ended]);
        return /^y(es)?$/i.test(answer.trim());
      } finally {
        lines.close();
      }
    },
  };
};
