import { describe, expect, it } from 'vitest';
import { createClockOffset } from './clock-offset.ts';

/** An answer of a server whose clock is `offset` ahead, stamped half way. */
const answer = (sentAt: number, roundTrip: number, offset: number) => ({
  sentAt,
  receivedAt: sentAt + roundTrip,
  date: Math.floor((sentAt + roundTrip / 2 + offset) / 1_000) * 1_000,
});

describe('the offset of the clock of upstream', () => {
  it('is unknown before the first answer', () => {
    expect(createClockOffset().bounds()).toBeNull();
  });

  it('always holds the true one, and narrows with each answer at another part of a second', () => {
    for (const offset of [-86_400_000, -1_234, -1, 0, 7, 999, 5_000]) {
      const clock = createClockOffset();
      let width = Number.POSITIVE_INFINITY;
      for (let i = 0; i < 20; i += 1) {
        clock.see(answer(1_800_000_000_000 + i * 10_050, 40, offset));
        const bounds = clock.bounds();
        if (bounds === null) throw new Error('no bounds');
        expect(bounds.lo).toBeLessThanOrEqual(offset);
        expect(bounds.hi).toBeGreaterThanOrEqual(offset);
        expect(bounds.hi - bounds.lo).toBeLessThanOrEqual(width);
        width = bounds.hi - bounds.lo;
      }
      expect(width).toBeLessThan(120);
    }
  });

  it('holds both where a clock was set meanwhile', () => {
    const clock = createClockOffset();
    clock.see(answer(1_800_000_000_000, 40, 0));
    clock.see(answer(1_800_000_010_000, 40, 60_000));
    const bounds = clock.bounds();
    expect(bounds?.lo).toBeLessThanOrEqual(0);
    expect(bounds?.hi).toBeGreaterThanOrEqual(60_000);
  });
});
