// How long the latest tasks took, as all workers have measured it; the transition script adds to it.
import type { Redis } from 'ioredis';
import type { DurationKind } from '../lifecycle/task-duration.ts';
import type { Keys } from './keys.ts';

/** In ms, newest last, a few hundred at most. */
export const readDurations = async (redis: Redis, keys: Keys, kind: DurationKind): Promise<number[]> =>
  (await redis.lrange(keys.durations(kind), 0, -1)).map(Number);
