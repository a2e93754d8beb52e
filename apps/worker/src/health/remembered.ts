// Keeps an answer for a while, and asks once however many wait for it.

/** `keptMs` says by the answer how long it is good. An error is not kept. */
export const remembered = <T>(
  ask: () => Promise<T>,
  keptMs: (answer: T) => number,
  now: () => number,
): (() => Promise<T>) => {
  let kept: { readonly answer: T; readonly until: number } | null = null;
  let asking: Promise<T> | null = null;
  return () => {
    if (kept !== null && now() < kept.until) return Promise.resolve(kept.answer);
    asking ??= ask()
      .then((answer) => {
        kept = { answer, until: now() + keptMs(answer) };
        return answer;
      })
      .finally(() => {
        asking = null;
      });
    return asking;
  };
};
