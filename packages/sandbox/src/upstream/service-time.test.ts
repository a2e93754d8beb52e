// Service times are lognormal around the median and follow from the seed alone.
import { describe, expect, test } from 'vitest';
import { SANDBOX_DEFAULTS, type SandboxOptions } from './sandbox-options.ts';
import { serviceTime } from './service-time.ts';

const options = (changed: Partial<SandboxOptions>) => ({ ...SANDBOX_DEFAULTS, serviceMsMedian: 1000, ...changed });
const sources = Array.from({ length: 2001 }, (_, n) => `https://cdn.example.com/${n}.jpg`);

describe('serviceTime', () => {
  test('is the same for the same seed, source and turn, and another for any other', () => {
    const one = serviceTime(options({ seed: 'a' }), 'x', 1, false);
    expect(serviceTime(options({ seed: 'a' }), 'x', 1, false)).toBe(one);
    expect(serviceTime(options({ seed: 'b' }), 'x', 1, false)).not.toBe(one);
    expect(serviceTime(options({ seed: 'a' }), 'y', 1, false)).not.toBe(one);
    expect(serviceTime(options({ seed: 'a' }), 'x', 2, false)).not.toBe(one);
  });

  test('has the median that was asked for, and more of it far above than far below', () => {
    const times = sources.map((source) => serviceTime(options({ serviceSigma: 0.5 }), source, 1, false));
    const sorted = times.toSorted((a, b) => a - b);
    expect(sorted[1000]).toBeGreaterThan(930);
    expect(sorted[1000]).toBeLessThan(1070);
    expect(times.filter((ms) => ms > 1800).length).toBeGreaterThan(times.filter((ms) => ms < 200).length);
  });

  test('memoryless has the median that was asked for, and as many end in each second of those that are left', () => {
    const times = sources.map((source) => serviceTime(options({ serviceShape: 'memoryless' }), source, 1, false));
    const longerThan = (ms: number): number => times.filter((time) => time > ms).length;
    for (const ms of [0, 1_000, 2_000]) {
      const lasting = longerThan(ms + 1_000) / longerThan(ms);
      expect(lasting).toBeGreaterThan(0.43);
      expect(lasting).toBeLessThan(0.57);
    }
  });

  test('is exactly the median without spread, and three times that for best_quality', () => {
    expect(serviceTime(options({ serviceSigma: 0 }), 'x', 1, false)).toBe(1000);
    expect(serviceTime(options({ serviceSigma: 0 }), 'x', 1, true)).toBe(3000);
  });
});
