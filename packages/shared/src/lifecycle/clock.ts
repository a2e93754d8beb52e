// Time as it is injected: a wall clock near Redis' own, a monotonic one for ages, and a wait that can be cut short.

export interface Clock {
  /** Epoch ms, corrected towards Redis' clock. */
  now(): number;
  /** Ms that never run backwards; only differences mean anything. */
  monotonic(): number;
  /** Resolves after `ms`, or at once when `signal` aborts. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
}

export const createSystemClock = (offsetMs: () => number = () => 0): Clock => ({
  now: () => Date.now() + offsetMs(),
  monotonic: () => performance.now(),
  wait: (ms, signal) =>
    new Promise((resolve) => {
      if (signal.aborted) return resolve();
      const end = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', end);
        resolve();
      };
      const timer = setTimeout(end, ms);
      signal.addEventListener('abort', end, { once: true });
    }),
});
