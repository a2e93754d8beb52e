// Waits for something that cannot be stopped, such as the system's resolver, no longer than a signal allows.

/** Rejects with the signal's reason once it is aborted; `work` goes on, and its answer is then nobody's. */
export const before = <T>(signal: AbortSignal, work: Promise<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
