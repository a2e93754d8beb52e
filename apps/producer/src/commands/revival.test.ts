import { describe, expect, it } from 'vitest';
import { batchLike } from '../view/batch-like.test-support.ts';
import { revivalOf } from './revival.ts';

const PRICE = 180_000;
const NOTHING = { budget: false, failures: false };
const BUDGET = { budget: true, failures: false };
const FAILURES = { budget: false, failures: true };

describe('running a paused batch again', () => {
  it('lets a batch that ran out of budget go on only for a budget of this call with room for a picture', () => {
    const paused = { run: 'paused', pausedBy: 'budget', spentMicro: 360_000, counts: { accepted: 1 } } as const;
    expect(revivalOf(batchLike({ ...paused, budgetMicro: 540_000 }), BUDGET, PRICE)).toBe('resume');
    expect(revivalOf(batchLike({ ...paused, budgetMicro: 540_000, reservedMicro: 1 }), BUDGET, PRICE)).toBe('stays');
    expect(revivalOf(batchLike({ ...paused, budgetMicro: 540_000 }), NOTHING, PRICE)).toBe('stays');
  });

  it('lets a batch that failed too often go on only for a higher limit of this call', () => {
    const paused = { run: 'paused', pausedBy: 'threshold', counts: { accepted: 1, dead_lettered: 2 } } as const;
    expect(revivalOf(batchLike({ ...paused, failuresMax: 3 }), FAILURES, PRICE)).toBe('resume');
    expect(revivalOf(batchLike({ ...paused, failuresMax: 2 }), FAILURES, PRICE)).toBe('stays');
    expect(revivalOf(batchLike({ ...paused, failuresMax: 3 }), BUDGET, PRICE)).toBe('stays');
  });

  it('never assumes that whoever paused it by hand has changed their mind', () => {
    expect(revivalOf(batchLike({ run: 'paused', pausedBy: 'person' }), { budget: true, failures: true }, PRICE)).toBe(
      'ask',
    );
  });

  it('has nothing to do with a batch that runs', () => {
    expect(revivalOf(batchLike(), BUDGET, PRICE)).toBe('runs');
  });
});
