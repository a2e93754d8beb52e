// Turns the first Ctrl-C into an orderly end and the second into an immediate one.

/** Aborted by SIGINT, SIGTERM or SIGHUP; `reason` is the exit code that a shell expects for it. */
export const untilSignal = (): AbortSignal => {
  const stop = new AbortController();
  for (const [name, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const) {
    process.on(name, () => {
      // A child of ours is killed on exit (started-children.ts).
      if (stop.signal.aborted) process.exit(code);
      stop.abort(code);
    });
  }
  return stop.signal;
};

/** Rejects with the signal's reason; for a race with work that knows nothing of signals. */
export const whenAborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
