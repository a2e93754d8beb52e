// Remembers how to stop what was started, and stops the last first.

export interface Stops {
  readonly add: (stop: () => Promise<void>) => void;
  /** Tries all of them; one that fails keeps no other from being stopped. Safe to repeat. */
  stop(): Promise<void>;
}

export const stopInReverse = (): Stops => {
  const stops: (() => Promise<void>)[] = [];
  let stopped = false;
  return {
    add: (stop) => {
      // It came up while all was being stopped: it must not stay.
      if (stopped) void stop().catch(() => undefined);
      else stops.push(stop);
    },
    stop: async () => {
      stopped = true;
      for (let stop = stops.pop(); stop !== undefined; stop = stops.pop()) await stop().catch(() => undefined);
    },
  };
};
