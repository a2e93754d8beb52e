import { describe, expect, it } from 'vitest';
import { beforeTheLinkEnds, deliverPriority, resultEnds } from './result-ends.ts';

const HOUR_MS = 3_600_000;
const NOW = 1_800_000_000_000;

describe('the end of a link', () => {
  it('is what the link says, and everything yields to it at half of what is left', () => {
    const url = `https://h/a?Expires=${NOW / 1000 + 3600}&Signature=s`;
    expect(resultEnds(url, NOW, 24 * HOUR_MS)).toEqual({ expiresAt: NOW + HOUR_MS, yieldAt: NOW + HOUR_MS / 2 });
  });

  it('that the link does not say is the documented one', () => {
    expect(resultEnds('https://h/a', NOW, 24 * HOUR_MS)).toEqual({
      expiresAt: NOW + 24 * HOUR_MS,
      yieldAt: NOW + 12 * HOUR_MS,
    });
  });

  it('that is past already yields at once', () => {
    expect(resultEnds(`https://h/a?Expires=${NOW / 1000 - 60}`, NOW, HOUR_MS).yieldAt).toBe(NOW);
  });
});

describe('the order of delivering', () => {
  it('is that of the ends, to the minute, within what BullMQ takes', () => {
    const minutes = [0, 1, 5, 60, 24 * 60].map((m) => deliverPriority(NOW + m * 60_000));
    expect(minutes).toEqual(minutes.toSorted((a, b) => a - b));
    expect(new Set(minutes).size).toBe(minutes.length);
    for (let at = 0; at < 9e12; at += 7e10) {
      expect(deliverPriority(at)).toBeGreaterThanOrEqual(1);
      expect(deliverPriority(at)).toBeLessThanOrEqual(2 ** 21);
    }
  });

  it('puts what is not known first', () => {
    expect(deliverPriority(null)).toBe(1);
  });
});

describe('the wait before another try', () => {
  it('leaves room for several tries before the link ends, and is never shorter than the least wait', () => {
    expect(beforeTheLinkEnds(300_000, 2_000, NOW + HOUR_MS, NOW)).toBe(300_000);
    expect(beforeTheLinkEnds(300_000, 2_000, NOW + 400_000, NOW)).toBe(100_000);
    expect(beforeTheLinkEnds(300_000, 2_000, NOW + 1, NOW)).toBe(2_000);
    expect(beforeTheLinkEnds(300_000, 2_000, NOW, NOW)).toBe(300_000);
    expect(beforeTheLinkEnds(1_000, 2_000, NOW + 400_000, NOW)).toBe(1_000);
  });
});
