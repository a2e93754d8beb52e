import type { Batch } from '@outpaint/shared/batch/batch';
import { describe, expect, it } from 'vitest';
import { batchLike } from '../view/batch-like.test-support.ts';
import { exitCodeOf } from './exit-code.ts';

const RUNNING = { state: 'running' } as const;
const HALTED = { state: 'halted' } as const;

const paused = (pausedBy: Batch['pausedBy'], more: Parameters<typeof batchLike>[0] = {}) =>
  batchLike({ state: 'sealed', run: 'paused', pausedBy, counts: { accepted: 5 }, ...more });

describe('the exit code of a batch', () => {
  it('is 0 when every row is delivered, and 3 when some are dead-lettered', () => {
    expect(exitCodeOf(batchLike({ state: 'finished', counts: { delivered: 9 } }), RUNNING)).toBe(0);
    expect(exitCodeOf(batchLike({ state: 'finished', counts: { delivered: 9, dead_lettered: 1 } }), RUNNING)).toBe(3);
  });

  it('is 6 before 3: a submit in doubt may have been paid', () => {
    const batch = batchLike({ state: 'finished', counts: { delivered: 7, dead_lettered: 2, in_doubt: 1 }, held: 1 });
    expect(exitCodeOf(batch, RUNNING)).toBe(6);
  });

  it('is 9 before 6, and 4 before 9', () => {
    const counts = { cancelled: 3, in_doubt: 1, dead_lettered: 2, delivered: 1 };
    expect(exitCodeOf(batchLike({ state: 'finished', run: 'cancelled', counts }), RUNNING)).toBe(9);
    expect(exitCodeOf(batchLike({ state: 'finished', run: 'cancelled', counts, failuresMax: 2 }), RUNNING)).toBe(4);
  });

  it('is 4 for a pause by the threshold, and for a finished batch that has reached it', () => {
    expect(exitCodeOf(paused('threshold', { counts: { accepted: 1, dead_lettered: 2 } }), RUNNING)).toBe(4);
    const finished = { state: 'finished', counts: { delivered: 95, dead_lettered: 5 } } as const;
    expect(exitCodeOf(batchLike({ ...finished, failuresPercent: 5 }), RUNNING)).toBe(4);
    expect(exitCodeOf(batchLike({ ...finished, failuresPercent: 6 }), RUNNING)).toBe(3);
    expect(exitCodeOf(batchLike({ ...finished, failuresMax: 6 }), RUNNING)).toBe(3);
  });

  it('is 8 before 4, and 7 before 8', () => {
    const batch = paused('budget', { counts: { accepted: 5, dead_lettered: 3 }, failuresMax: 3 });
    expect(exitCodeOf(batch, RUNNING)).toBe(8);
    expect(exitCodeOf(batch, HALTED)).toBe(7);
  });

  it('does not blame a halted line for a batch that is finished', () => {
    expect(exitCodeOf(batchLike({ state: 'finished', counts: { delivered: 9 } }), HALTED)).toBe(0);
  });
});
