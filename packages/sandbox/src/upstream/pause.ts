// Waits, but not beyond the end of the sandbox.

/** setTimeout takes no more than 31 bits. */
const MS_MAX = 2 ** 31 - 1;

/** Resolves after so many milliseconds, or at once when `closing` aborts; never rejects. */
export function pause(ms: number, closing: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      closing.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, Math.min(ms, MS_MAX));
    if (closing.aborted) return end();
    closing.addEventListener('abort', end);
  });
}
