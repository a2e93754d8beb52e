import { describe, expect, it } from 'vitest';
import { batchLike } from './batch-like.test-support.ts';
import { endingOf } from './ending.ts';

const RUNNING = { state: 'running' } as const;
const HALTED = { state: 'halted' } as const;

describe('following a batch', () => {
  it('goes on while a row is unfinished and something can move it', () => {
    expect(endingOf(batchLike({ counts: { accepted: 1, delivered: 8 } }), RUNNING)).toBeNull();
    expect(endingOf(batchLike({ state: 'open', counts: { delivered: 9 } }), RUNNING)).toBeNull();
  });

  it('is over when the batch is finished, whatever the line does', () => {
    expect(endingOf(batchLike({ state: 'finished', counts: { delivered: 9 } }), HALTED)).toBe('finished');
  });

  it.each(['budget', 'threshold'] as const)(
    'is over when the %s paused it, but only once nothing is at work',
    (pausedBy) => {
      const paused = { run: 'paused', pausedBy } as const;
      for (const status of ['submitting', 'submitted', 'generated'] as const) {
        expect(endingOf(batchLike({ ...paused, counts: { accepted: 5, [status]: 1 } }), RUNNING)).toBeNull();
      }
      expect(endingOf(batchLike({ ...paused, counts: { accepted: 5 } }), RUNNING)).toBe(pausedBy);
    },
  );

  it('is over when the line is halted and nothing is at work', () => {
    expect(endingOf(batchLike({ counts: { accepted: 5, submitted: 1 } }), HALTED)).toBeNull();
    expect(endingOf(batchLike({ counts: { accepted: 5 } }), HALTED)).toBe('line_halted');
  });

  it('does not wait for doubts that are held for a person', () => {
    const paused = { run: 'paused', pausedBy: 'budget' } as const;
    expect(endingOf(batchLike({ ...paused, counts: { accepted: 1, in_doubt: 2 }, held: 1 }), RUNNING)).toBeNull();
    expect(endingOf(batchLike({ ...paused, counts: { accepted: 1, in_doubt: 2 }, held: 2 }), RUNNING)).toBe('budget');
  });

  it('is over when its own hours are, and not while they are still to begin', () => {
    const paused = { run: 'paused', pausedBy: 'window', counts: { accepted: 5 } } as const;
    expect(endingOf(batchLike({ ...paused, pausedAt: 2_000, notAfter: 2_000 }), RUNNING)).toBe('window');
    expect(endingOf(batchLike({ ...paused, pausedAt: 1_000, notBefore: 1_500, notAfter: 2_000 }), RUNNING)).toBeNull();
  });

  it.each(['person', 'window'] as const)('waits out a pause by a %s', (pausedBy) => {
    expect(endingOf(batchLike({ run: 'paused', pausedBy, counts: { accepted: 5 } }), RUNNING)).toBeNull();
  });
});
