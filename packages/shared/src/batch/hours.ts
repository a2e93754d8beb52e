// The hours of a batch: not before a time, not after another. Outside them it is paused by its window, by itself.
import type { Redis } from 'ioredis';
import type { BatchName } from '../contract/ids.ts';
import { RECORD_VERSION } from '../lifecycle/record.ts';
import type { Keys } from '../record/keys.ts';
import type { ScriptTime } from '../record/redis-record-store.ts';
import { runScript } from '../record/run-script.ts';
import { preludeLua } from '../record/scripts/prelude.ts';

/**
 * Part of the feed, which runs on every worker some times a second: whatever has come to an hour of its own is paused or
 * goes on. A pause by anybody else is left alone. One command while there is nothing to turn.
 */
export const turnHoursLua = /* lua */ `
local function turn_hours(batch)
  local b = p .. 'b:' .. batch
  local f = redis.call('HMGET', b, 'run', 'paused_by', 'not_before', 'not_after')
  local from, to = tonumber(f[3] or 0), tonumber(f[4] or 'inf')
  local open = now >= from and now < to
  if open and f[1] == 'paused' and f[2] == 'window' then
    redis.call('HSET', b, 'run', 'running')
    redis.call('HDEL', b, 'paused_by', 'paused_at')
    if redis.call('LLEN', p .. 'bl:' .. batch) > 0 then ready(batch) end
  elseif not open and f[1] == 'running' then
    redis.call('HSET', b, 'run', 'paused', 'paused_by', 'window', 'paused_at', now)
    redis.call('ZREM', p .. 'ready', batch)
  end
  local next_at = (now < from and from) or (open and f[4] and to)
  if next_at then redis.call('ZADD', p .. 'hours', next_at, batch) else redis.call('ZREM', p .. 'hours', batch) end
end
for _, batch in ipairs(redis.call('ZRANGEBYSCORE', p .. 'hours', '-inf', now, 'LIMIT', 0, 10)) do turn_hours(batch) end
`;

/** ARGV[4] batch, [5] not before, epoch ms or '', [6] for so many ms from then on, or from now, or ''. What is '' stays as it was. */
const setHoursLua = `${preludeLua}${turnHoursLua}${
  /* lua */ `
local batch = ARGV[4]
local b = p .. 'b:' .. batch
if redis.call('EXISTS', b) == 0 then return 0 end
if ARGV[5] ~= '' then redis.call('HSET', b, 'not_before', ARGV[5]) end
if ARGV[6] ~= '' then
  local from = math.max(now, tonumber(redis.call('HGET', b, 'not_before') or 0))
  redis.call('HSET', b, 'not_after', string.format('%.0f', from + tonumber(ARGV[6])))
end
turn_hours(batch)
return 1
`
}`;

export interface Hours {
  /** Epoch ms by Redis' clock. */
  readonly notBefore?: number | undefined;
  /** From then on, or from now where that is past. */
  readonly lengthMs?: number | undefined;
}

/** Takes effect at once. Given again, the length counts anew. False where there is no such batch. */
export const setHours = async (
  redis: Redis,
  keys: Keys,
  name: BatchName,
  { notBefore, lengthMs }: Hours,
  time?: ScriptTime,
): Promise<boolean> =>
  (await runScript(redis, setHoursLua, keys.batches, [
    keys.prefix,
    time ? time() : '',
    RECORD_VERSION,
    name,
    notBefore ?? '',
    lengthMs ?? '',
  ])) === 1;
