// Works on a long list some rows at a time: many calls to Redis are under way at once, and never all of them.

/** So many rows at once; Redis answers them in one or two round trips. */
export const ROWS_AT_ONCE = 50;

/** Before each chunk after the first; `done` rows have been worked on. */
export type Pause = (done: number) => Promise<void>;

/** Answers in the order of the items. Stopping between two answers leaves no call under way. */
export async function* inStep<Item, Answer>(
  items: readonly Item[],
  work: (chunk: readonly Item[]) => Promise<readonly Answer[]>,
  { size = ROWS_AT_ONCE, pause }: { readonly size?: number; readonly pause?: Pause | undefined } = {},
): AsyncGenerator<Answer> {
  for (let start = 0; start < items.length; start += size) {
    if (start > 0) await pause?.(start);
    yield* await work(items.slice(start, start + size));
  }
}
