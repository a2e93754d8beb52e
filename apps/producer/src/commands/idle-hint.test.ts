import { expect, it } from 'vitest';
import { batchLike, lineLike } from '../view/batch-like.test-support.ts';
import { createIdleHint } from './idle-hint.ts';

const WAITING = batchLike({ counts: { accepted: 3 } });

it('is given once, after twenty seconds in which nobody took a row up', () => {
  const isIdle = createIdleHint();
  expect([0, 19_999, 20_000, 60_000].map((now) => isIdle(now, WAITING, lineLike()))).toEqual([
    false,
    false,
    true,
    false,
  ]);
});

it.each([
  ['a row is at work', batchLike({ counts: { accepted: 3, submitted: 1 } }), lineLike()],
  ['other batches have the slots', WAITING, lineLike({ slotsInUse: 5 })],
  ['the batch is paused', batchLike({ run: 'paused', pausedBy: 'person', counts: { accepted: 3 } }), lineLike()],
  ['the line is halted', WAITING, lineLike({ state: 'halted' })],
  ['nothing waits', batchLike({ state: 'open' }), lineLike()],
])('is not given while %s', (_, batch, line) => {
  const isIdle = createIdleHint();
  expect([0, 60_000].map((now) => isIdle(now, batch, line))).toEqual([false, false]);
});
