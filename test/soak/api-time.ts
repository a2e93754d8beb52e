// The API's time, run through faster: a second of it lasts so many milliseconds here, for all parts alike.

/** Milliseconds that this many seconds of the API's time last here. */
export type ApiTime = (seconds: number) => number;

/** `speed` 40: a minute of the API's time takes 1.5 s. */
export const apiTime =
  (speed: number): ApiTime =>
  (seconds) =>
    Math.max(1, Math.round((seconds * 1_000) / speed));
