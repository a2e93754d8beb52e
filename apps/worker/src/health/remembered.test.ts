// An answer is kept as long as it says, asked for once, and an error is never kept.
import { expect, test } from 'vitest';
import { remembered } from './remembered.ts';

const scene = (answers: (number | Error)[]) => {
  const time = { now: 0 };
  let asked = 0;
  const ask = remembered(
    async () => {
      const answer = answers[asked];
      asked += 1;
      if (answer === undefined || answer instanceof Error) throw answer;
      return answer;
    },
    (answer) => answer * 10,
    () => time.now,
  );
  return { time, ask, asked: () => asked };
};

test('an answer is given again until its time is over', async () => {
  const { time, ask, asked } = scene([1, 2]);
  expect(await ask()).toBe(1);
  time.now = 9;
  expect([await ask(), asked()]).toEqual([1, 1]);
  time.now = 10;
  expect([await ask(), asked()]).toEqual([2, 2]);
});

test('many who ask at once cost one question', async () => {
  const { ask, asked } = scene([1]);
  expect(await Promise.all([ask(), ask(), ask()])).toEqual([1, 1, 1]);
  expect(asked()).toBe(1);
});

test('an error reaches all who wait for it, and the next one asks again', async () => {
  const { ask } = scene([new Error('away'), 2]);
  const both = await Promise.allSettled([ask(), ask()]);
  expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(await ask()).toBe(2);
});
