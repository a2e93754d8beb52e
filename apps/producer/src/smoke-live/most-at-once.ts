// How many spans of time overlap at most: the API's own times of tasks say it better than polls do. Pure.

export interface Span {
  /** Epoch ms. */
  readonly from: number;
  readonly to: number;
}

/** A span that ends when another begins does not overlap it. */
export const mostAtOnce = (spans: readonly Span[]): number => {
  const edges = spans
    .flatMap(({ from, to }) => [
      { at: from, change: 1 },
      { at: to, change: -1 },
    ])
    .sort((a, b) => a.at - b.at || a.change - b.change);
  let now = 0;
  let most = 0;
  for (const { change } of edges) {
    now += change;
    most = Math.max(most, now);
  }
  return most;
};
