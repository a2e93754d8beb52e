// The Lua scripts of batches: accept, seal, pause and resume, feed.
import { SINGLE_BATCH } from '../contract/ids.ts';
import { preludeLua } from '../record/scripts/prelude.ts';
import { turnHoursLua } from './hours.ts';

/**
 * ARGV[4] batch, [5] the trace that new rows belong to or '', then pairs of id and request JSON. Returns per row '' (accepted), '=' (exists, same content) or the
 * JSON that was accepted earlier under this id. Refuses with the error BATCH_UNKNOWN where the batch was not opened, BATCH_NEWER where a later version of this program
 * made it, BATCH_CANCELLED where it takes no rows any more. An open batch is idle from now on.
 */
export const acceptLua = `${preludeLua}${
  /* lua */ `
local batch, trace = ARGV[4], ARGV[5]
local b = p .. 'b:' .. batch
local known = redis.call('HMGET', b, 'run', 'state', 'v')
local run = known[1]
if not run then return redis.error_reply('BATCH_UNKNOWN') end
if is_newer(known[3]) then return redis.error_reply('BATCH_NEWER') end
if run == 'cancelling' or run == 'cancelled' then return redis.error_reply('BATCH_CANCELLED') end
-- Single requests stand in a batch that never ends.
if known[2] == 'open' and batch ~= '${SINGLE_BATCH}' then redis.call('ZADD', p .. 'open', now, batch) end
local answers, fresh = {}, {}
for i = 6, #ARGV, 2 do
  local q = p .. 'q:' .. ARGV[i]
  if redis.call('SET', q, ARGV[i + 1], 'NX') then
    fresh[#fresh + 1] = ARGV[i]
    if trace ~= '' then redis.call('HSET', p .. 'x:' .. ARGV[i], 'trace', trace) end
    answers[#answers + 1] = ''
  else
    local kept = redis.call('GET', q)
    answers[#answers + 1] = (kept == ARGV[i + 1]) and '=' or kept
  end
end
if #fresh > 0 then
  redis.call('RPUSH', p .. 'bl:' .. batch, unpack(fresh))
  redis.call('HINCRBY', b, 'accepted', #fresh)
  redis.call('HINCRBY', b, 'rows', #fresh)
  local f = redis.call('HMGET', b, 'run', 'state')
  if f[2] == 'finished' then redis.call('HSET', b, 'state', 'sealed'); redis.call('HDEL', b, 'finished_at') end
  if f[1] == 'running' then ready(batch) end
end
return answers
`
}`;

/** ARGV[4] batch, then pairs of field and value ('' removes). Returns 1 where the batch was made, 0 where it was there, -1 where it is newer. */
export const openLua = `${preludeLua}${
  /* lua */ `
local batch = ARGV[4]
local b = p .. 'b:' .. batch
if is_newer(redis.call('HGET', b, 'v')) then return -1 end
local made = redis.call('HSETNX', b, 'created_at', now)
if made == 1 then
  redis.call('HSET', b, 'v', version, 'state', 'open', 'run', 'running', 'rows', 0)
  redis.call('ZADD', p .. 'batches', now, batch)
end
for i = 5, #ARGV, 2 do
  if ARGV[i + 1] == '' then redis.call('HDEL', b, ARGV[i]) else redis.call('HSET', b, ARGV[i], ARGV[i + 1]) end
end
return made
`
}`;

/** ARGV[4] batch. Returns 1 where it was open, 0 where not, -1 where it is newer. */
export const sealLua = `${preludeLua}${
  /* lua */ `
local b = p .. 'b:' .. ARGV[4]
local f = redis.call('HMGET', b, 'state', 'v')
if is_newer(f[2]) then return -1 end
redis.call('ZREM', p .. 'open', ARGV[4])
if f[1] == 'open' then
  redis.call('HSET', b, 'state', 'sealed', 'sealed_at', now)
  settle_batch(b)
  return 1
end
return 0
`
}`;

/**
 * ARGV[5] 'paused' or 'running', [6] who pauses, or whose pause alone is ended ('' for anybody's).
 * Returns 1 where something changed, -1 where the batch is newer. O(1) whatever the size of the batch.
 */
export const runStateLua = `${preludeLua}${
  /* lua */ `
local batch, want, by = ARGV[4], ARGV[5], ARGV[6]
local b = p .. 'b:' .. batch
if is_newer(redis.call('HGET', b, 'v')) then return -1 end
local run = redis.call('HGET', b, 'run')
-- A person's pause outlasts every other one.
if want == 'paused' and run == 'paused' and by == 'person' then redis.call('HSET', b, 'paused_by', by); return 0 end
if run == want or (run ~= 'running' and run ~= 'paused') then return 0 end
if want == 'running' and by ~= '' and redis.call('HGET', b, 'paused_by') ~= by then return 0 end
redis.call('HSET', b, 'run', want)
if want == 'paused' then
  redis.call('HSET', b, 'paused_by', by, 'paused_at', now)
  redis.call('ZREM', p .. 'ready', batch)
else
  redis.call('HDEL', b, 'paused_by', 'paused_at')
  if redis.call('LLEN', p .. 'bl:' .. batch) > 0 then ready(batch) end
end
return 1
`
}`;

/**
 * ARGV[4] slots + overhang, [5] most undelivered, [6] oldest undelivered in ms, [7] watch in ms, [8] most rows.
 * Due retries first, then one row at a time from the batch with the least virtual time (stride scheduling: each row
 * costs 1/weight), so that a short batch does not wait behind a long one. Returns id, hop, id, hop, …
 * Safe to repeat: what was fed stands in the watch list, and the sweeper adds a token that its caller did not.
 */
export const feedLua = `${preludeLua}${turnHoursLua}${
  /* lua */ `
local slots, watch_in, rows_max = tonumber(ARGV[4]), tonumber(ARGV[7]), tonumber(ARGV[8])
local fed_now = redis.call('SCARD', p .. 'fed')
local room = math.min(rows_max, slots_in_force(slots) - redis.call('ZCARD', p .. 'slots') - fed_now)
-- Redis has gone back: no licence is granted, but a row whose picture stands in the bucket is found there before that.
if redis.call('EXISTS', p .. 'back') == 1 then room = math.min(room, 20) end
local line = redis.call('HMGET', p .. 'line', 'state', 'probe_at')
if line[1] == 'halted' then
  -- One row at a time is let through as the probe, and only when a probe is due.
  if fed_now > 0 or now < tonumber(line[2]) then return {} end
  room = math.min(room, 1)
end
if room <= 0 then return {} end
if delivering_first(tonumber(ARGV[5]), tonumber(ARGV[6])) then return {} end

local out = {}
local function feed(id, batch)
  local row = read_row(id)
  if not row or row.status ~= 'accepted' then return end
  local x, hop = p .. 'x:' .. id, row.hop + 1
  redis.call('HSET', x, 'v', version, 'status', 'accepted', 'hop', hop, 'batch', batch, 'fed_at', now)
  redis.call('SADD', p .. 'fed', id)
  redis.call('ZADD', p .. 'watch', now + watch_in, id)
  out[#out + 1] = id
  out[#out + 1] = hop
  room = room - 1
end

for _, id in ipairs(redis.call('ZRANGEBYSCORE', p .. 'due', '-inf', now, 'LIMIT', 0, room)) do
  redis.call('ZREM', p .. 'due', id)
  local batch = redis.call('HGET', p .. 'x:' .. id, 'batch')
  if batch then
    if redis.call('HGET', p .. 'b:' .. batch, 'run') == 'running' then feed(id, batch)
    else redis.call('LPUSH', p .. 'bl:' .. batch, id) end
  end
end

local steps = 0
while room > 0 and steps < rows_max * 4 do
  steps = steps + 1
  local first = redis.call('ZRANGE', p .. 'ready', 0, 0)[1]
  if not first then break end
  local f = redis.call('HMGET', p .. 'b:' .. first, 'run', 'weight')
  local id = f[1] == 'running' and redis.call('LPOP', p .. 'bl:' .. first)
  if not id then redis.call('ZREM', p .. 'ready', first)
  else
    feed(id, first)
    redis.call('ZINCRBY', p .. 'ready', 1 / tonumber(f[2] or 1), first)
  end
end
return out
`
}`;
