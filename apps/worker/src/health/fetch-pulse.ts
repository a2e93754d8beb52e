// The pulse of one stage: when its BullMQ worker last got an answer to a fetch, and whether it has room to fetch at all.

export interface FetchPulse {
  /** Redis answered a fetch, with a job or without. */
  fetched(): void;
  stepBegan(): void;
  stepEnded(): void;
  /** Ms without a sign of fetching where there should be one. */
  silentMs(): number;
}

/**
 * A stage whose every place is taken need not fetch: then its silence counts only from the time when one of its steps
 * should have ended (`stepMsMax`), for a step that never ends keeps the stage as silent as a lost connection does.
 */
export const createFetchPulse = (o: {
  readonly concurrency: number;
  readonly stepMsMax: number;
  /** Monotonic ms. */
  readonly now: () => number;
}): FetchPulse => {
  let last = o.now();
  let steps = 0;
  return {
    fetched: () => {
      last = o.now();
    },
    stepBegan: () => {
      steps += 1;
    },
    stepEnded: () => {
      // Only now is there something to fetch for.
      if (steps >= o.concurrency) last = o.now();
      steps -= 1;
    },
    silentMs: () => {
      const since = o.now() - last;
      return steps < o.concurrency ? since : Math.max(0, since - o.stepMsMax);
    },
  };
};
