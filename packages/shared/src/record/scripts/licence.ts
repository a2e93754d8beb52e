// The licence script: `accepted → submitting`, the right to pay once, decided at the last moment by everything that matters.
import { highWaterLua } from './high-water.ts';
import { preludeLua } from './prelude.ts';

/**
 * ARGV[4] id, [5] batch, [6] caller token = the licence's name, [7] hop, [8] slots + overhang, [9] ms between submits,
 * [10] most undelivered, [11] oldest undelivered in ms, [12] price, [13] watch in ms, [14] most probe gap in ms,
 * [15] least finished rows before a percentage threshold counts, [16] the name of the key,
 * [17] and [18] the highest mark that the caller has seen, and its name, [19] ms of rest after a start of the server.
 * Returns { 'granted', time, mark (0 if told again) } | { 'wait', ms } | { 'returned', reason } | { 'cancelled' } | { 'stale', status, hop } | { 'newer', v }.
 * `returned`: the row stands in its backlog again (at the head, unless Redis has gone back), its token is spent.
 * Safe to send again: the same caller token is granted once and told so each time.
 */
export const licenceLua = `${preludeLua}${highWaterLua}${
  /* lua */ `
local id, batch, caller = ARGV[4], ARGV[5], ARGV[6]
local row = read_row(id)
if not row then return { 'stale', '', 0 } end
if row.v > version then return { 'newer', row.v } end
if row.caller == caller and row.licence == caller and row.status == 'submitting' then return { 'granted', tonumber(row.answer), 0 } end
if row.status ~= 'accepted' or row.hop ~= tonumber(ARGV[7]) or redis.call('SISMEMBER', p .. 'fed', id) == 0 then
  return { 'stale', row.status, row.hop }
end

local b, price = p .. 'b:' .. batch, tonumber(ARGV[12])
-- Limits that this version does not know may stand in it.
local batch_version = tonumber(redis.call('HGET', b, 'v') or version)
if batch_version > version then return { 'newer', batch_version } end
local f = redis.call('HMGET', b, 'run', 'budget', 'reserved', 'spent', 'failures_max', 'failures_percent', 'dead_lettered', 'delivered')
local function returned(reason)
  to_backlog_head(id, batch)
  return { 'returned', reason }
end
local function pause(by)
  redis.call('HSET', b, 'run', 'paused', 'paused_by', by, 'paused_at', now)
  redis.call('ZREM', p .. 'ready', batch)
  report_due(b)
  return returned(by)
end
if f[1] == 'cancelling' or f[1] == 'cancelled' then return { 'cancelled' } end
if gone_back(tonumber(ARGV[17]), ARGV[18]) then
  -- To the tail: the rows behind it are to be looked for in the bucket as well.
  to_backlog(id, batch, 'RPUSH')
  return { 'returned', 'redis_went_back' }
end
if f[1] ~= 'running' then return returned('batch_paused') end
local rest = rest_of(tonumber(ARGV[19]), tonumber(ARGV[17]))
if rest > 0 then return { 'wait', rest } end

local dead, delivered = tonumber(f[7] or 0), tonumber(f[8] or 0)
if f[5] and dead >= tonumber(f[5]) and dead > 0 then return pause('threshold') end
if f[6] and dead + delivered >= tonumber(ARGV[15]) and dead * 100 >= tonumber(f[6]) * (dead + delivered) then return pause('threshold') end
if f[2] and tonumber(f[3] or 0) + tonumber(f[4] or 0) + price > tonumber(f[2]) then return pause('budget') end

local line, probe = redis.call('HMGET', p .. 'line', 'state', 'probe_at', 'probe_gap'), nil
if line[1] == 'halted' then
  if now < tonumber(line[2]) then return returned('line_halted') end
  probe = true
end

local first = delivering_first(tonumber(ARGV[10]), tonumber(ARGV[11]))
if first then return returned(first) end
if redis.call('ZCARD', p .. 'slots') >= slots_in_force(tonumber(ARGV[8])) then return returned('no_slot') end

local next_at = tonumber(redis.call('GET', p .. 'pace') or 0)
if next_at > now then return { 'wait', next_at - now } end
local gap = tonumber(ARGV[9])
local rate = in_force('rate', 1000 / gap)
if rate < 1000 / gap then gap = math.ceil(1000 / rate) end
redis.call('SET', p .. 'pace', now + gap, 'PX', gap + 60000)

if probe then
  local wider = math.min(tonumber(line[3]) * 2, tonumber(ARGV[14]))
  redis.call('HSET', p .. 'line', 'probe_at', now + wider, 'probe_gap', wider, 'probe_id', id)
end
local x = p .. 'x:' .. id
redis.call('HSET', x, 'v', version, 'status', 'submitting', 'hop', row.hop, 'batch', batch, 'licence', caller, 'caller', caller,
  'answer', now, 'sent_at', now, 'reserved', price, 'price', price, 'key_name', ARGV[16])
if probe then redis.call('HSET', x, 'probe', '1') end
redis.call('HINCRBY', b, 'reserved', price)
move_sets(row, 'submitting', batch)
redis.call('ZADD', p .. 'watch', now + tonumber(ARGV[13]), id)
remember(id, 'licensed', 'submitting', probe and 'probe' or '')
return { 'granted', now, raise_mark(caller) }
`
}`;
