// Moves rows from the backlogs into the submit queue, as far as slots allow.
import type { BatchStore, FeedTerms } from '@outpaint/shared/batch/batch-store';
import type { Clock } from '@outpaint/shared/lifecycle/clock';
import type { TokenQueues } from '@outpaint/shared/queue/token-queues';
import type { Logger } from '@outpaint/shared/telemetry/logger';
import { throttledErrorLog } from './throttled-error-log.ts';

export interface Feeder {
  /** Something moved: look now instead of at the next tick. Cheap, may be called often. */
  nudge(): void;
  /** Resolves when the last round has ended. */
  stop(): Promise<void>;
}

/** The fewest ms between two rounds, however often somebody nudges. */
const ROUND_GAP_MS = 20;

/** Runs on every worker that submits; rounds of several workers interleave harmlessly, each row is fed once. */
export const startFeeder = (deps: {
  readonly batches: Pick<BatchStore, 'feed'>;
  readonly queues: Pick<TokenQueues, 'addTokens'>;
  readonly terms: FeedTerms;
  readonly everyMs: number;
  readonly clock: Clock;
  readonly log: Logger;
}): Feeder => {
  const stopped = new AbortController();
  const logError = throttledErrorLog(deps.log);
  let wake = new AbortController();

  const round = async (): Promise<void> => {
    const fed = await deps.batches.feed(deps.terms);
    await deps.queues.addTokens('submit', fed);
  };

  const loop = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      wake = new AbortController();
      try {
        await round();
      } catch (error) {
        logError(error instanceof Error ? error : new Error(String(error)));
      }
      await deps.clock.wait(ROUND_GAP_MS, stopped.signal);
      await deps.clock.wait(deps.everyMs, AbortSignal.any([stopped.signal, wake.signal]));
    }
  };
  const running = loop();
  return {
    nudge: () => wake.abort(),
    stop: async () => {
      stopped.abort();
      await running;
    },
  };
};
