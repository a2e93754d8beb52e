// Looks whether Redis still knows the newest licence that somebody remembers, and what to do while it does not.
import type { Redis } from 'ioredis';
import type { Keys } from './keys.ts';
import type { Mark } from './record-store.ts';
import type { ScriptTime } from './redis-record-store.ts';
import { runScript } from './run-script.ts';
import { highWaterLua } from './scripts/high-water.ts';
import { preludeLua } from './scripts/prelude.ts';

/** A Redis that has gone back in time and is not put right yet. Times are epoch ms by Redis' clock. */
export interface WentBack {
  readonly since: number;
  /** The newest licence that this Redis still knew, and when it was granted; 0 where it knows none. */
  readonly keptMark: number;
  readonly keptAt: number;
}

/** What the last look at the upstream's list said of the lost time. */
export interface LostTasks {
  /** Null until somebody has looked. */
  readonly lookedAt: number | null;
  /** Tasks that no record knows; the first {@link UNKNOWN_SHOWN_MAX}. */
  readonly unknown: readonly string[];
  readonly unknownCount: number;
}

export const UNKNOWN_SHOWN_MAX = 100;

export interface HighWater {
  /** The newest mark of this Redis, and whether it has gone back. `isNews` is true for one caller of all. */
  look(seen: Mark): Promise<{ mark: Mark; back: WentBack | null; isNews: boolean }>;
  /** One caller of all may look at the upstream's list, and not sooner again than in `everyMs`. */
  claimLook(everyMs: number): Promise<boolean>;
  noteLook(unknown: readonly string[]): Promise<void>;
  /** Which of these tasks no record has. */
  unknownOf(taskIds: readonly string[]): Promise<string[]>;
  /** Lets submitting go on. False where nothing had to be put right, or it went back again after `since`. */
  putRight(since?: number): Promise<boolean>;
}

const lookLua = `${preludeLua}${highWaterLua}${
  /* lua */ `
local back, news = gone_back(tonumber(ARGV[4]), ARGV[5]), 0
if back then news = redis.call('HSETNX', p .. 'back', 'told', '1') end
local newest = { redis.call('HGET', p .. 'high-water', 'mark') or '0', redis.call('LINDEX', p .. 'marks', 0) or '' }
local f = redis.call('HMGET', p .. 'back', 'since', 'kept_mark', 'kept_at')
return { newest[1], newest[2], f[1] or '', f[2] or '', f[3] or '', news }
`
}`;

const noteLua = `${preludeLua}${
  /* lua */ `
if redis.call('EXISTS', p .. 'back') == 0 then return 0 end
redis.call('HSET', p .. 'back', 'looked_at', now, 'unknown', ARGV[4], 'unknown_count', ARGV[5])
return 1
`
}`;

const putRightLua = `${preludeLua}${
  /* lua */ `
local since = redis.call('HGET', p .. 'back', 'since')
if not since or (ARGV[4] ~= '' and ARGV[4] ~= since) then return 0 end
return redis.call('DEL', p .. 'back')
`
}`;

export const readBack = (hash: Readonly<Record<string, string>>): (WentBack & LostTasks) | null =>
  hash.since === undefined
    ? null
    : {
        since: Number(hash.since),
        keptMark: Number(hash.kept_mark ?? 0),
        keptAt: Number(hash.kept_at ?? 0),
        lookedAt: hash.looked_at === undefined ? null : Number(hash.looked_at),
        unknown: hash.unknown === undefined ? [] : (JSON.parse(hash.unknown) as string[]),
        unknownCount: Number(hash.unknown_count ?? 0),
      };

export const createHighWater = (redis: Redis, keys: Keys, time?: ScriptTime): HighWater => {
  const run = (lua: string, ...args: (string | number)[]): Promise<unknown> =>
    runScript(redis, lua, keys.back, [keys.prefix, time ? time() : '', 1, ...args]);
  return {
    look: async (seen) => {
      const [mark, name, since, keptMark, keptAt, news] = (await run(lookLua, seen.mark, seen.name)) as [
        ...[string, string, string, string, string],
        number,
      ];
      const back = since === '' ? null : { since: Number(since), keptMark: Number(keptMark), keptAt: Number(keptAt) };
      return { mark: { mark: Number(mark), name }, back, isNews: news === 1 };
    },
    claimLook: async (everyMs) => (await redis.set(`${keys.back}-look`, '1', 'PX', everyMs, 'NX')) === 'OK',
    noteLook: async (unknown) => {
      await run(noteLua, JSON.stringify(unknown.slice(0, UNKNOWN_SHOWN_MAX)), unknown.length);
    },
    unknownOf: async (taskIds) => {
      if (taskIds.length === 0) return [];
      const known = await redis.mget(taskIds.map((taskId) => keys.task(taskId)));
      return taskIds.filter((_, i) => known[i] === null);
    },
    putRight: async (since) => (await run(putRightLua, since ?? '')) === 1,
  };
};
