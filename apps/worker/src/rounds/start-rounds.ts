// Something that a worker does on start and then at intervals, until it is stopped; a round that fails ends no other.
import { codeOf } from '@outpaint/shared/errors/outpaint-error';
import type { Clock } from '@outpaint/shared/lifecycle/clock';
import type { Logger } from '@outpaint/shared/telemetry/logger';

export interface Rounds {
  /** Resolves once the round under way has ended. */
  stop(): Promise<void>;
}

export interface RoundsTerms {
  /** The gap between two rounds; a function where it changes as more is known. */
  readonly everyMs: number | (() => number);
  readonly clock: Clock;
  readonly log: Logger;
  /** What the log says of a round that failed. */
  readonly failure: string;
}

export const startRounds = (
  { everyMs, clock, log, failure }: RoundsTerms,
  round: (stopped: AbortSignal) => Promise<void>,
): Rounds => {
  const stopped = new AbortController();
  const { signal } = stopped;
  const loop = async (): Promise<void> => {
    while (!signal.aborted) {
      try {
        await round(signal);
      } catch (error) {
        // What is cut off by the stop has not failed.
        if (!signal.aborted) log.error({ code: codeOf(error), err: error }, failure);
      }
      await clock.wait(typeof everyMs === 'number' ? everyMs : everyMs(), signal);
    }
  };
  const running = loop();
  return {
    stop: async () => {
      stopped.abort();
      await running;
    },
  };
};
