// When a worker is ill, when it must end, and when silence is nobody's fault; on a clock that the test moves.
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createHealthWatch, type LastWord } from './health-watch.ts';

const BOUND = 800;
const STEP_MAX = 5_000;
const AWAY_MAX = 20_000;
const EVERY = BOUND / 8;

const scene = () => {
  let now = 1_000;
  let due: { at: number; wake: () => void } | null = null;
  const redis = { answers: true, asked: 0 };
  const said: LastWord[] = [];
  const watch = createHealthWatch({
    silenceMsMax: BOUND,
    redisAwayMsMax: AWAY_MAX,
    stepMsMax: STEP_MAX,
    redisAnswers: async () => {
      redis.asked += 1;
      return redis.answers;
    },
    clock: {
      monotonic: () => now,
      wait: (ms, signal) =>
        new Promise((resolve) => {
          due = { at: now + ms, wake: resolve };
          signal.addEventListener('abort', () => resolve(), { once: true });
        }),
    },
  });
  void watch.lastWord.then((word) => said.push(word));
  onTestFinished(() => watch.stop());
  const wakeIfDue = async (): Promise<void> => {
    if (due !== null && now >= due.at) due.wake();
    await turn();
  };
  return {
    watch,
    redis,
    said,
    /** In steps, as a running process sees time pass; `each` runs at each of them. */
    pass: async (ms: number, each: () => void = () => undefined): Promise<void> => {
      for (const end = now + ms; now < end; ) {
        now += EVERY / 2;
        each();
        await wakeIfDue();
      }
    },
    /** At once, as a process sees it that was stopped. */
    leap: async (ms: number): Promise<void> => {
      now += ms;
      await wakeIfDue();
    },
  };
};

describe('a stage', () => {
  test('that fetches now and then stays well for ever, and Redis is not even asked', async () => {
    const { watch, pass, said, redis } = scene();
    const pulse = watch.pulseOf('poll', 2);
    await pass(20 * BOUND, pulse.fetched);
    expect(watch.health().status).toBe('ok');
    expect([said, redis.asked]).toEqual([[], 0]);
  });

  test('that is silent for one bound is ill, and well again with its next fetch', async () => {
    const { watch, pass, said } = scene();
    const pulse = watch.pulseOf('poll', 2);
    const other = watch.pulseOf('submit', 2);
    await pass(1.5 * BOUND, other.fetched);
    expect(watch.health()).toEqual({ status: 'fetch_silent', silentMs: { poll: 1.5 * BOUND, submit: 0 } });
    pulse.fetched();
    expect(watch.health().status).toBe('ok');
    expect(said).toEqual([]);
  });

  test('that is silent for two bounds while Redis answers ends the worker, and is named', async () => {
    const { watch, pass, said } = scene();
    watch.pulseOf('poll', 2);
    const other = watch.pulseOf('submit', 2);
    await pass(2 * BOUND, other.fetched);
    expect(said).toEqual([]);
    await pass(2 * EVERY, other.fetched);
    expect(said).toMatchObject([{ reason: 'fetch_silent', stages: ['poll'] }]);
  });

  test('whose places are all taken need not fetch, until its steps should have ended long ago', async () => {
    const { watch, pass, said } = scene();
    const pulse = watch.pulseOf('deliver', 2);
    pulse.stepBegan();
    pulse.stepBegan();
    await pass(STEP_MAX);
    expect(watch.health().status).toBe('ok');
    await pass(2 * BOUND + 2 * EVERY);
    expect(said).toMatchObject([{ reason: 'fetch_silent', stages: ['deliver'] }]);
  });

  test('that had no room is expected to fetch from the moment on when it has', async () => {
    const { watch, pass } = scene();
    const pulse = watch.pulseOf('deliver', 2);
    pulse.stepBegan();
    pulse.stepBegan();
    await pass(3 * BOUND);
    pulse.stepEnded();
    expect(watch.health()).toEqual({ status: 'ok', silentMs: { deliver: 0 } });
    await pass(1.25 * BOUND);
    expect(watch.health().status).toBe('fetch_silent');
  });

  test('with one endless step and room for more is silent like any other', async () => {
    const { watch, pass } = scene();
    watch.pulseOf('deliver', 2).stepBegan();
    await pass(1.25 * BOUND);
    expect(watch.health().status).toBe('fetch_silent');
  });
});

describe('a worker', () => {
  test('whose Redis is away waits far beyond two bounds, and counts silence anew when Redis is back', async () => {
    const { watch, pass, said, redis } = scene();
    const pulse = watch.pulseOf('poll', 2);
    redis.answers = false;
    await pass(10 * BOUND);
    expect(watch.health().status).toBe('redis_away');
    redis.answers = true;
    await pass(1.5 * BOUND);
    expect([watch.health().status, said]).toEqual(['fetch_silent', []]);
    pulse.fetched();
    await pass(0.5 * BOUND);
    expect([watch.health().status, said]).toEqual(['ok', []]);
  });

  test('that stays silent although Redis is back ends two bounds later', async () => {
    const { watch, pass, said, redis } = scene();
    watch.pulseOf('poll', 2);
    redis.answers = false;
    await pass(10 * BOUND);
    redis.answers = true;
    await pass(2.5 * BOUND);
    expect(said).toMatchObject([{ reason: 'fetch_silent' }]);
  });

  test('whose Redis is away for longer than anybody waits ends', async () => {
    const { watch, pass, said, redis } = scene();
    watch.pulseOf('poll', 2);
    redis.answers = false;
    await pass(AWAY_MAX);
    expect(said).toEqual([]);
    await pass(2 * BOUND);
    expect(said).toMatchObject([{ reason: 'redis_away', stages: ['poll'] }]);
  });

  test('that was stopped itself and goes on has not been silent', async () => {
    const { watch, pass, leap, said } = scene();
    const pulse = watch.pulseOf('poll', 2);
    await pass(BOUND / 2, pulse.fetched);
    await leap(100 * BOUND);
    expect([watch.health().status, said]).toEqual(['ok', []]);
    await pass(2.5 * BOUND);
    expect(said).toMatchObject([{ reason: 'fetch_silent' }]);
  });

  test('that drains is expected to fetch nothing', async () => {
    const { watch, pass, said } = scene();
    watch.pulseOf('poll', 2);
    watch.stop();
    await pass(10 * BOUND);
    expect([watch.health().status, said]).toEqual(['ok', []]);
  });
});
