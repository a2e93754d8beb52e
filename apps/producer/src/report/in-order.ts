// Work on a stream, several items at once, answered in the stream's order.

/** Holds `atOnce` items and answers at most. Ends as the first work that fails does; what is under way then goes on unheard. */
export async function* inOrder<Item, Answer>(
  items: AsyncIterable<Item>,
  atOnce: number,
  work: (item: Item) => Promise<Answer>,
): AsyncGenerator<Answer> {
  const under: Promise<Answer>[] = [];
  for await (const item of items) {
    const answer = work(item);
    // Heard when its turn comes; until then a failure is nobody's.
    answer.catch(() => undefined);
    under.push(answer);
    if (under.length >= atOnce) yield await (under.shift() as Promise<Answer>);
  }
  for (const answer of under) yield await answer;
}
