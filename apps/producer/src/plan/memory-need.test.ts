import { expect, it } from 'vitest';
import { allocatedBytes, memoryNeed } from './memory-need.ts';

it.each([
  [345, 384],
  [250, 256],
  [251, 320],
  [506, 512],
  [1, 16],
])('a string of %i bytes takes %i', (text, taken) => {
  expect(allocatedBytes(text)).toBe(taken);
});

it('an import stops at seven tenths of the memory, and what is used already is gone', () => {
  const need = memoryNeed(1_000, 384_000, { usedBytes: 200_000, maxBytes: 1_000_000 });
  expect(need).toMatchObject({ waitingBytes: 523_000, freeBytes: 500_000, fits: false });
  expect(memoryNeed(900, 345_600, { usedBytes: 200_000, maxBytes: 1_000_000 }).fits).toBe(true);
  expect(memoryNeed(1, 384, { usedBytes: 2_000_000, maxBytes: 1_000_000 }).freeBytes).toBe(0);
  expect(memoryNeed(1, 384, { usedBytes: 1, maxBytes: null })).toMatchObject({ freeBytes: null, fits: null });
});
