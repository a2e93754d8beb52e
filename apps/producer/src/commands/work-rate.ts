// How many rows ended a minute, over the last few minutes of watching. Pure but for what it remembers.

const WINDOW_MS = 5 * 60_000;
/** A shorter look says nothing: pictures end in bursts of as many as there are slots. */
const LOOK_MS_MIN = 10_000;

export interface WorkRate {
  /** `atMs` never runs backwards; `ended` is the whole count so far. */
  see(atMs: number, ended: number): void;
  /** Null until something can be said. */
  perMinute(): number | null;
}

export const createWorkRate = (): WorkRate => {
  const looks: { at: number; ended: number }[] = [];
  return {
    see: (at, ended) => {
      const last = looks.at(-1);
      // A redrive takes rows back: what was seen before it says nothing any more.
      if (last !== undefined && ended < last.ended) looks.length = 0;
      // One look a second at most, and those of the window: bounded whatever the length of the watch.
      if (looks.length > 1 && last !== undefined && at - (looks.at(-2)?.at ?? at) < 1_000) looks.pop();
      looks.push({ at, ended });
      while (looks[0] !== undefined && at - looks[0].at > WINDOW_MS) looks.shift();
    },
    perMinute: () => {
      const [from, to] = [looks[0], looks.at(-1)];
      if (from === undefined || to === undefined || to.at - from.at < LOOK_MS_MIN) return null;
      return ((to.ended - from.ended) * 60_000) / (to.at - from.at);
    },
  };
};
