// The simulator's model and the Lua store answer the same calls alike and hold the same afterwards.
import { randomUUID } from 'node:crypto';
import { connectStore, type RedisConnection } from '@outpaint/shared/queue/connections';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { patchedRedis } from '../simulator/agreement/patched-redis.ts';
import { replaySeed } from '../simulator/agreement/replay-seed.ts';
import { SCRIPT_BUGS } from '../simulator/agreement/script-bugs.ts';

const SEEDS = 20;
const STEPS = 1_200;

const connect = (): RedisConnection => {
  const redis = connectStore(inject('redisUrl'), 'simulator');
  redis.on('error', () => undefined);
  onTestFinished(() => redis.disconnect());
  return redis;
};

it(`${SEEDS} seeds: every answer and every key are the same`, async () => {
  const redis = connect();
  let calls = 0;
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const replayed = await replaySeed(redis, `sim-${randomUUID()}`, seed, STEPS);
    expect(replayed.disagreement).toBeNull();
    calls += replayed.calls;
  }
  expect(calls).toBeGreaterThan(SEEDS * 200);
});

describe('a bug in a script shows as a disagreement', () => {
  it.each(SCRIPT_BUGS)('$name, within $seedsMax seeds', async (bug) => {
    const { redis, wasMet } = patchedRedis(connect(), bug);
    let seed = 0;
    let disagreement: string | null = null;
    while (disagreement === null && seed < bug.seedsMax) {
      seed += 1;
      disagreement = (await replaySeed(redis, `sim-${randomUUID()}`, seed, STEPS)).disagreement;
    }
    expect(wasMet(), 'the text stands in a script').toBe(true);
    expect(disagreement).not.toBeNull();
  });
});
