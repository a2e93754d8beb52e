// A strict quota: never more than `limit` in any one second, wherever that second begins.

const WINDOW_MS = 1000;

export interface RateWindow {
  /** True and counted if one more fits now; a refused call does not count. Times in epoch milliseconds. */
  admit(nowMs: number, limit: number): boolean;
  /** The most that were admitted in any one second so far. */
  readonly peak: number;
}

export function createRateWindow(): RateWindow {
  const times: number[] = [];
  let peak = 0;
  return {
    admit(nowMs, limit) {
      while (times[0] !== undefined && times[0] <= nowMs - WINDOW_MS) times.shift();
      if (times.length >= limit) return false;
      times.push(nowMs);
      peak = Math.max(peak, times.length);
      return true;
    },
    get peak() {
      return peak;
    },
  };
}
