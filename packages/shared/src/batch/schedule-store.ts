// Schedules and their firings in Redis: each slot is recorded once and worked on by one at a time.
import type { Redis } from 'ioredis';
import type { Keys } from '../record/keys.ts';
import { runScript } from '../record/run-script.ts';
import type { Firing, Schedule, ScheduleDefinition } from './schedule.ts';

export interface OpenFiring {
  readonly schedule: string;
  readonly slot: string;
}

export interface ScheduleStore {
  /** Makes it, or changes its definition; slots before now are never made up for by a change. Safe to repeat. */
  put(definition: ScheduleDefinition, now: number): Promise<{ created: boolean }>;
  /** With all its firings; its batches stay. False where there was none. */
  remove(name: string): Promise<boolean>;
  read(name: string): Promise<Schedule | null>;
  /** By name. */
  list(): Promise<Schedule[]>;
  setPaused(name: string, paused: boolean, now: number): Promise<boolean>;
  /** Records slots, each once for ever, and that all up to `seenUntil` were looked at. Returns how many were new. */
  record(name: string, firings: readonly Firing[], seenUntil: number): Promise<number>;
  /** Slots that wait for somebody, the oldest first. */
  open(max: number): Promise<OpenFiring[]>;
  /** True for one caller at a time, until `leaseMs` later or `release`. Safe to repeat by the same `owner`. */
  lease(firing: OpenFiring, owner: string, now: number, leaseMs: number): Promise<boolean>;
  release(firing: OpenFiring, owner: string): Promise<void>;
  /** Ends the firing as `firing` says, if `owner` still holds it. */
  settle(schedule: string, firing: Firing, owner: string): Promise<boolean>;
  firing(schedule: string, slot: string): Promise<Firing | null>;
  /** The latest first. */
  firings(schedule: string, max: number): Promise<Firing[]>;
}

/** A year of nights and more; of a schedule of every five minutes, three days. */
const FIRINGS_KEPT = 1_000;

/** KEYS[1] any key of the shard; ARGV: prefix, schedule, seen until, then slot, due, state, json, … */
const recordLua = /* lua */ `
local p, name, seen = ARGV[1], ARGV[2], tonumber(ARGV[3])
local s, f, z = p .. 's:' .. name, p .. 'sf:' .. name, p .. 'sz:' .. name
if redis.call('EXISTS', s) == 0 then return 0 end
local fresh = 0
for i = 4, #ARGV, 4 do
  if redis.call('HSETNX', f, ARGV[i], ARGV[i + 3]) == 1 then
    fresh = fresh + 1
    redis.call('ZADD', z, ARGV[i + 1], ARGV[i])
    if ARGV[i + 2] == 'due' then redis.call('ZADD', p .. 'so', ARGV[i + 1], name .. ' ' .. ARGV[i]) end
  end
end
if seen > tonumber(redis.call('HGET', s, 'seen_until') or 0) then redis.call('HSET', s, 'seen_until', seen) end
local old = redis.call('ZRANGE', z, 0, -(${FIRINGS_KEPT} + 1))
for _, slot in ipairs(old) do
  if not redis.call('ZSCORE', p .. 'so', name .. ' ' .. slot) then
    redis.call('ZREM', z, slot)
    redis.call('HDEL', f, slot)
  end
end
return fresh
`;

/** ARGV: prefix, schedule and slot, owner, now, lease. Returns 1 where the caller holds it. */
const leaseLua = /* lua */ `
local p, member = ARGV[1], ARGV[2]
if not redis.call('ZSCORE', p .. 'so', member) then return 0 end
local l = p .. 'sl:' .. member
local held = redis.call('HMGET', l, 'owner', 'until')
if held[1] and held[1] ~= ARGV[3] and tonumber(held[2]) > tonumber(ARGV[4]) then return 0 end
redis.call('HSET', l, 'owner', ARGV[3], 'until', tonumber(ARGV[4]) + tonumber(ARGV[5]))
redis.call('PEXPIRE', l, 86400000)
return 1
`;

/** ARGV: prefix, schedule, slot, owner, json ('' only gives it back). Returns 1 where the caller held it. */
const settleLua = /* lua */ `
local p, name, slot = ARGV[1], ARGV[2], ARGV[3]
local member = name .. ' ' .. slot
local l = p .. 'sl:' .. member
if redis.call('HGET', l, 'owner') ~= ARGV[4] then return 0 end
redis.call('DEL', l)
if ARGV[5] ~= '' then
  redis.call('HSET', p .. 'sf:' .. name, slot, ARGV[5])
  redis.call('ZREM', p .. 'so', member)
end
return 1
`;

/** ARGV: prefix, schedule, definition, now. Returns 1 where it is new. */
const putLua = /* lua */ `
local p, name = ARGV[1], ARGV[2]
local s = p .. 's:' .. name
local made = redis.call('HSETNX', s, 'created_at', ARGV[4])
if made == 1 then redis.call('HSET', s, 'seen_until', ARGV[4], 'paused', '0') end
redis.call('HSET', s, 'definition', ARGV[3])
redis.call('ZADD', p .. 'schedules', 0, name)
return made
`;

const readSchedule = (hash: Readonly<Record<string, string>>): Schedule | null =>
  hash.definition === undefined
    ? null
    : {
        ...(JSON.parse(hash.definition) as ScheduleDefinition),
        paused: hash.paused === '1',
        createdAt: Number(hash.created_at),
        seenUntil: Number(hash.seen_until),
      };

const memberOf = ({ schedule, slot }: OpenFiring): string => `${schedule} ${slot}`;

export const createScheduleStore = (redis: Redis, keys: Keys): ScheduleStore => {
  const p = keys.prefix;
  const run = (lua: string, args: readonly (string | number)[]): Promise<unknown> =>
    runScript(redis, lua, keys.line, [p, ...args]);
  const read = async (name: string): Promise<Schedule | null> => readSchedule(await redis.hgetall(`${p}s:${name}`));

  return {
    put: async (definition, now) => ({
      created: (await run(putLua, [definition.name, JSON.stringify(definition), now])) === 1,
    }),
    remove: async (name) => {
      const open = (await redis.zrange(`${p}so`, '0', '-1')).filter((member) => member.startsWith(`${name} `));
      if (open.length > 0) await redis.zrem(`${p}so`, ...open);
      await redis.zrem(`${p}schedules`, name);
      return (await redis.del(`${p}s:${name}`, `${p}sf:${name}`, `${p}sz:${name}`)) > 0;
    },
    read,
    list: async () => {
      const names = await redis.zrange(`${p}schedules`, '0', '-1');
      const all = await Promise.all(names.map(read));
      return all.filter((schedule) => schedule !== null);
    },
    setPaused: async (name, paused, now) => {
      const schedule = await read(name);
      if (schedule === null || schedule.paused === paused) return false;
      // What fell into a pause is not made up for.
      await redis.hset(`${p}s:${name}`, 'paused', paused ? '1' : '0', ...(paused ? [] : ['seen_until', String(now)]));
      return true;
    },
    record: async (name, firings, seenUntil) =>
      Number(
        await run(recordLua, [
          name,
          seenUntil,
          ...firings.flatMap((firing) => [firing.slot, firing.dueAt, firing.state, JSON.stringify(firing)]),
        ]),
      ),
    open: async (max) =>
      (await redis.zrange(`${p}so`, '0', String(max - 1))).map((member) => {
        const [schedule = '', slot = ''] = member.split(' ');
        return { schedule, slot };
      }),
    lease: async (firing, owner, now, leaseMs) => (await run(leaseLua, [memberOf(firing), owner, now, leaseMs])) === 1,
    release: async ({ schedule, slot }, owner) => {
      await run(settleLua, [schedule, slot, owner, '']);
    },
    settle: async (schedule, firing, owner) =>
      (await run(settleLua, [schedule, firing.slot, owner, JSON.stringify(firing)])) === 1,
    firing: async (schedule, slot) => {
      const text = await redis.hget(`${p}sf:${schedule}`, slot);
      return text === null ? null : (JSON.parse(text) as Firing);
    },
    firings: async (schedule, max) => {
      const slots = await redis.zrevrange(`${p}sz:${schedule}`, 0, max - 1);
      if (slots.length === 0) return [];
      const texts = await redis.hmget(`${p}sf:${schedule}`, ...slots);
      return texts.flatMap((text) => (text === null ? [] : [JSON.parse(text) as Firing]));
    },
  };
};
