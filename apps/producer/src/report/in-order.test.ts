import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { inOrder } from './in-order.ts';

async function* numbers(count: number): AsyncGenerator<number> {
  for (let i = 0; i < count; i += 1) yield i;
}

it('answers in the order of the items, whichever is done first, with no more at once than may be', async () => {
  let [open, most] = [0, 0];
  const work = async (n: number): Promise<number> => {
    open += 1;
    most = Math.max(most, open);
    for (let i = 0; i < (n % 2 === 0 ? 20 : 1); i += 1) await turn();
    open -= 1;
    return n;
  };
  const answers: number[] = [];
  for await (const answer of inOrder(numbers(11), 3, work)) answers.push(answer);
  expect(answers).toEqual(Array.from({ length: 11 }, (_, i) => i));
  expect(most).toBe(3);
});

it('throws what a work throws in its turn, and reads no further', async () => {
  const read: number[] = [];
  const answers: number[] = [];
  const work = async (n: number): Promise<number> => {
    read.push(n);
    if (n === 2) throw new Error('no');
    return n;
  };
  const all = async (): Promise<void> => {
    for await (const answer of inOrder(numbers(100), 4, work)) answers.push(answer);
  };
  await expect(all()).rejects.toThrow('no');
  expect(answers).toEqual([0, 1]);
  expect(read.length).toBeLessThanOrEqual(6);
});
