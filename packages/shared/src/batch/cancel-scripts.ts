// The Lua scripts of cancelling: the batch at once, its waiting rows in chunks.
import { preludeLua } from '../record/scripts/prelude.ts';

/**
 * ARGV[4] batch. From here on no licence is granted and no row accepted; O(1) whatever the size of the batch.
 * Returns 1 where it was running or paused, 0 where it is finished or cancelled already, -1 where it is newer or unknown.
 */
export const cancelLua = `${preludeLua}${
  /* lua */ `
local batch = ARGV[4]
local b = p .. 'b:' .. batch
local f = redis.call('HMGET', b, 'run', 'state', 'v')
if not f[1] or is_newer(f[3]) then return -1 end
if f[1] == 'cancelling' or f[1] == 'cancelled' or f[2] == 'finished' then return 0 end
redis.call('HSET', b, 'run', 'cancelling', 'cancelled_at', now)
redis.call('HDEL', b, 'paused_by', 'paused_at')
if f[2] == 'open' then redis.call('HSET', b, 'state', 'sealed', 'sealed_at', now) end
redis.call('ZREM', p .. 'ready', batch)
redis.call('ZREM', p .. 'open', batch)
redis.call('SADD', p .. 'cancelling', batch)
settle_batch(b)
return 1
`
}`;

/**
 * ARGV[4] batch, [5] most rows. Takes rows from the backlog, then looks at a part of those that are fed or wait for
 * their next attempt; where the next call goes on stands in the batch. A row that was never fed gets no history: a
 * million of them would double what the batch holds. Returns { cancelled, still accepted }. Safe to repeat and to run
 * beside itself: a row is cancelled in the script that takes it from its list.
 */
export const cancelRowsLua = `${preludeLua}${
  /* lua */ `
local batch, rows_max = ARGV[4], tonumber(ARGV[5])
local b, bl = p .. 'b:' .. batch, p .. 'bl:' .. batch
if redis.call('HGET', b, 'run') ~= 'cancelling' then return { 0, 0 } end
local cancelled = 0
local function cancel(id)
  local row = read_row(id)
  if not row or row.status ~= 'accepted' or row.v > version then return end
  redis.call('HSET', p .. 'x:' .. id, 'v', version, 'status', 'cancelled', 'hop', row.hop, 'batch', batch, 'cancelled_at', now)
  move_sets(row, 'cancelled', batch)
  redis.call('ZREM', p .. 'watch', id)
  if row.hop > 0 then remember(id, 'cancelled', 'cancelled', '') end
  cancelled = cancelled + 1
end
local function cancel_if_ours(id)
  if redis.call('HGET', p .. 'x:' .. id, 'batch') == batch then cancel(id) end
end

local waiting = redis.call('LRANGE', bl, 0, rows_max - 1)
if #waiting > 0 then redis.call('LTRIM', bl, #waiting, -1) end
for _, id in ipairs(waiting) do cancel(id) end
if #waiting < rows_max then
  local at = redis.call('HMGET', b, 'cancel_fed', 'cancel_due')
  local fed = redis.call('SSCAN', p .. 'fed', at[1] or '0', 'COUNT', rows_max)
  for _, id in ipairs(fed[2]) do cancel_if_ours(id) end
  local due = redis.call('ZSCAN', p .. 'due', at[2] or '0', 'COUNT', rows_max)
  for i = 1, #due[2], 2 do cancel_if_ours(due[2][i]) end
  redis.call('HSET', b, 'cancel_fed', fed[1], 'cancel_due', due[1])
end
if cancelled > 0 then settle_batch(b) end
return { cancelled, tonumber(redis.call('HGET', b, 'accepted') or 0) }
`
}`;
