// The transition script: compare, write, count and move one row, all at once.
import { preludeLua } from './prelude.ts';

/**
 * ARGV[4] id, [5] batch, [6] caller token, [7] the transition as JSON (`lifecycle/transition.ts`).
 * Returns { 'applied' | 'repeated' | 'refused' | 'taken' | 'gone' | 'newer', status, hop, time, line halted by this call (0|1) }.
 * `taken`: the task that it names belongs to another row, which stands in the fifth place. Nothing was written.
 * Safe to send again: the caller token of the last applied transition gets its first answer.
 */
export const transitionLua = `${preludeLua}${
  /* lua */ `
local id, batch, caller, t = ARGV[4], ARGV[5], ARGV[6], cjson.decode(ARGV[7])
local row = read_row(id)
if not row then return { 'gone', '', 0, now, 0 } end
if row.v > version then return { 'newer', row.status, row.hop, now, row.v } end
if row.caller == caller then return { 'repeated', row.status, tonumber(row.answer), now, 0 } end

local legal = false
for _, s in ipairs(t.from) do if s == row.status then legal = true end end
if t.hop and t.hop ~= row.hop then legal = false end
if t.licence and t.licence ~= row.licence then legal = false end
if legal and t.overdue then
  local at = redis.call('ZSCORE', p .. 'watch', id)
  if not at or tonumber(at) > now then legal = false end
end
if not legal then return { 'refused', row.status, row.hop, now, 0 } end
local task = t.set and t.set.task_id
if task then
  local owner = owner_of(task)
  if owner and owner ~= id then return { 'taken', row.status, row.hop, now, owner } end
  own_task(task, id, row.key_name)
end

local x, b, hop, halted = p .. 'x:' .. id, p .. 'b:' .. batch, row.hop, 0
local sent_at = tonumber(redis.call('HGET', x, 'sent_at') or 0)
if t.raise_hop then hop = hop + 1 end
local set = { 'v', version, 'status', t.to, 'hop', hop, 'batch', batch, 'caller', caller, 'answer', hop }
for k, v in pairs(t.set or {}) do
  if v == 'now' then v = now end
  set[#set + 1] = k
  set[#set + 1] = v
end
-- Any step that ran is progress; only rescues that nothing follows add up.
if row.rescues > 0 and t.name ~= 'rescued' and t.name ~= 'watched' then set[#set + 1] = 'rescues'; set[#set + 1] = 0 end
if t.error then
  local errors = cjson.decode(redis.call('HGET', x, 'errors') or '[]')
  t.error.at = now
  errors[#errors + 1] = t.error
  while #errors > 10 do table.remove(errors, 1) end
  set[#set + 1] = 'errors'
  set[#set + 1] = cjson.encode(errors)
end
redis.call('HSET', x, unpack(set))
for k, n in pairs(t.add or {}) do redis.call('HINCRBY', x, k, n) end
if t.unset and #t.unset > 0 then redis.call('HDEL', x, unpack(t.unset)) end

if t.money and row.reserved > 0 then
  redis.call('HINCRBY', b, 'reserved', -row.reserved)
  if t.money == 'spend' then
    redis.call('HINCRBY', b, 'spent', row.reserved)
    count_spend(b, row.reserved)
  end
  redis.call('HDEL', x, 'reserved')
end

-- What is known better than the record says; or the answer of a submit that had been released, and its money with it.
local again = t.reserve or (row.status == 'accepted' and t.to == 'submitted' and row.price)
if again and row.reserved == 0 then
  redis.call('HINCRBY', b, 'reserved', again)
  redis.call('HSET', x, 'reserved', again)
end

move_sets(row, t.to, batch, t.set and t.set.dead_code)
if t.yield_at then redis.call('ZADD', p .. 'expiring', t.yield_at, id) end
if t.to == 'in_doubt' and t.set and t.set.held and not row.held then
  redis.call('HINCRBY', b, 'held', 1)
  redis.call('ZADD', p .. 'held', now, id)
elseif row.held and row.status == 'in_doubt' and t.to ~= 'in_doubt' then
  redis.call('HINCRBY', b, 'held', -1)
  redis.call('ZREM', p .. 'held', id)
end
if t.free_slot then redis.call('ZREM', p .. 'slots', id) end

if t.released then redis.call('ZADD', p .. 'released', now, t.released) end

if t.watch_in then redis.call('ZADD', p .. 'watch', now + t.watch_in, id)
elseif not t.keep_watch then redis.call('ZREM', p .. 'watch', id) end
if t.due_in then
  redis.call('SREM', p .. 'fed', id)
  redis.call('ZADD', p .. 'due', now + t.due_in, id)
end
if t.backlog then to_backlog_head(id, batch) end
if t.pace_in then hold_until('pace', now + t.pace_in) end
if t.throttle then
  local h = t.throttle
  local rate = in_force('rate', h.rate_full)
  -- At a pace that is low already, another refusal speaks of something else than the pace.
  local of_slots = h.by ~= 'rate' or rate < h.rate_full / 4
  if h.by ~= 'slots' and is_news('rate', sent_at) then cut('rate', rate, h.rate_full / 64, h.rate_full, h.climb_ms, t.error.code) end
  if of_slots and is_news('slots', sent_at) then
    -- The refused row's slot is free again: what is taken now is about what upstream has taken.
    local taken = math.max(1, redis.call('ZCARD', p .. 'slots'))
    cut('slots', math.min(slots_in_force(h.slots_full), taken), 1, h.slots_full, h.climb_ms, t.error.code)
  end
end

if t.learned then
  local d = p .. 'durations:' .. t.learned.of
  if redis.call('RPUSH', d, t.learned.ms) > 250 then redis.call('LTRIM', d, -200, -1) end
end
if t.halt then halted = halt_line(t.halt.code, t.halt.message, t.halt.probe_in) end
if t.line_ok and row.probe == '1' and redis.call('HGET', p .. 'line', 'state') == 'halted' then
  redis.call('DEL', p .. 'line')
end
if row.probe and t.to ~= 'submitting' then redis.call('HDEL', x, 'probe') end

-- Only a row that ends, comes back, or is held from now on can finish or reopen its batch: what is held once more tells
-- its report nothing new.
if (row.status ~= t.to and (ended[t.to] or ended[row.status])) or (t.name == 'held' and not row.held) then settle_batch(b) end
if t.name ~= 'polled' and t.name ~= 'watched' then remember(id, t.name, t.to, t.detail or (t.error and t.error.code) or (t.set and t.set.task_id)) end
return { 'applied', t.to, hop, now, halted }
`
}`;
