// Ctrl-C as two signals: the first lets go of the work, the second, soon after, pauses it.
import type { CommandContext } from './context.ts';

export interface Interrupts {
  readonly first: AbortSignal;
  readonly second: AbortSignal;
  /** From here on Ctrl-C ends the program as usual. Safe to repeat. */
  stop(): void;
}

export const listenForInterrupts = (context: Pick<CommandContext, 'onInterrupt'>): Interrupts => {
  const first = new AbortController();
  const second = new AbortController();
  const stop = context.onInterrupt(() => {
    if (!first.signal.aborted) first.abort();
    else {
      second.abort();
      // Whoever presses it a third time wants out at once.
      stop();
    }
  });
  return { first: first.signal, second: second.signal, stop };
};
