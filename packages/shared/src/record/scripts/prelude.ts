// Lua that every script of ours begins with: time, reading a row, counting it, and moving it between the sets.

/**
 * ARGV[1] is the key prefix, ARGV[2] the time in ms or '' for Redis' own (an argument in tests only), ARGV[3] the
 * newest record version the caller understands. Keys are built from the prefix inside the script: all carry the one
 * hash tag, so they are on the shard that KEYS[1] names.
 */
export const preludeLua = /* lua */ `
local p, version = ARGV[1], tonumber(ARGV[3])
local now
if ARGV[2] ~= '' then now = tonumber(ARGV[2]) else
  local t = redis.call('TIME')
  now = tonumber(t[1]) * 1000 + math.floor(tonumber(t[2]) / 1000)
end

-- A row that was never fed has a request and no record: it is accepted, hop 0.
local function read_row(id)
  local f = redis.call('HMGET', p .. 'x:' .. id, 'v', 'status', 'hop', 'licence', 'caller', 'answer', 'reserved', 'held', 'rescues', 'dead_code', 'probe', 'key_name', 'price')
  local row = { id = id, v = tonumber(f[1]), status = f[2], hop = tonumber(f[3] or 0), licence = f[4], caller = f[5],
    answer = f[6], reserved = tonumber(f[7] or 0), held = f[8], rescues = tonumber(f[9] or 0), dead_code = f[10], probe = f[11],
    key_name = f[12] or '', price = tonumber(f[13] or 0) }
  if not row.status then
    if redis.call('EXISTS', p .. 'q:' .. id) == 0 then return nil end
    row.status, row.v = 'accepted', version
  end
  return row
end

-- What a later version of this program made is left alone.
local function is_newer(v) return tonumber(v or version) > version end

local function remember(id, name, to, detail)
  local h = p .. 'h:' .. id
  if redis.call('RPUSH', h, cjson.encode({ now, name, to, detail or '' })) > 60 then redis.call('LTRIM', h, -50, -1) end
end

local function ready(batch, at_head_of_time)
  local first = redis.call('ZRANGE', p .. 'ready', 0, 0, 'WITHSCORES')
  redis.call('ZADD', p .. 'ready', 'NX', first[2] or 0, batch)
end

-- Puts a row back into its backlog; the feed takes it again once the batch and the line run.
local function to_backlog(id, batch, push)
  redis.call('SREM', p .. 'fed', id)
  redis.call('ZREM', p .. 'watch', id)
  redis.call(push, p .. 'bl:' .. batch, id)
  if redis.call('HGET', p .. 'b:' .. batch, 'run') == 'running' then ready(batch) end
end

local function to_backlog_head(id, batch) to_backlog(id, batch, 'LPUSH') end

-- A report is written once the batch stands still; one that is under way is written again afterwards.
local function report_due(b)
  redis.call('HINCRBY', b, 'report_due', 1)
  redis.call('ZADD', p .. 'reports', now, string.sub(b, #p + 3))
end

-- A sealed batch without an unfinished row is finished. A doubt that is being reconciled keeps it open, a held one not.
local function settle_batch(b)
  local c = redis.call('HMGET', b, 'state', 'accepted', 'submitting', 'submitted', 'generated', 'in_doubt', 'held', 'run')
  local open = 0
  for i = 2, 6 do open = open + tonumber(c[i] or 0) end
  open = open - tonumber(c[7] or 0)
  if c[1] == 'sealed' and open == 0 then
    redis.call('HSET', b, 'state', 'finished', 'finished_at', now)
    report_due(b)
    if c[8] == 'cancelling' then
      redis.call('HSET', b, 'run', 'cancelled')
      redis.call('SREM', p .. 'cancelling', string.sub(b, #p + 3))
    end
  elseif c[1] == 'finished' and open == 0 then report_due(b)
  elseif c[1] == 'finished' then
    redis.call('HSET', b, 'state', 'sealed')
    redis.call('HDEL', b, 'finished_at')
    -- A held doubt was settled, or a paid picture redriven: what comes back unpaid is withdrawn as well.
    if c[8] == 'cancelled' then
      redis.call('HSET', b, 'run', 'cancelling')
      redis.call('SADD', p .. 'cancelling', string.sub(b, #p + 3))
    end
  end
end

-- Which row has this task, or nil. The value is the row's id and the name of the key that submitted it.
local function owner_of(task)
  local known = redis.call('GET', p .. 't:' .. task)
  return known and string.match(known, '^%S+')
end

-- Twice as long as upstream lists a task, so that whatever is listed and of ours is known.
local function own_task(task, id, key_name)
  redis.call('SET', p .. 't:' .. task, id .. ' ' .. key_name, 'PX', 172800000)
end

local ended = { delivered = true, dead_lettered = true, cancelled = true, in_doubt = true }
-- Rows that have ended can be listed by batch and status, newest first; the others are found where they wait.
local function list_ended(batch, status) return p .. 'e:' .. batch .. ':' .. status end
-- Those of them that died of one code.
local function list_dead(batch, code) return list_ended(batch, 'dead_lettered') .. ':' .. code end
local holds_slot = { submitting = true, submitted = true, in_doubt = true }

-- The counters and the sets of a status change together with it, or not at all.
local function move_sets(row, to, batch, code)
  local id, from, b = row.id, row.status, p .. 'b:' .. batch
  if from == to then return end
  redis.call('HINCRBY', b, from, -1)
  redis.call('HINCRBY', b, to, 1)
  if ended[from] then redis.call('ZREM', list_ended(batch, from), id) end
  if ended[to] then redis.call('ZADD', list_ended(batch, to), now, id) end
  if from == 'accepted' then
    redis.call('SREM', p .. 'fed', id)
    redis.call('ZREM', p .. 'due', id)
  elseif from == 'generated' then
    redis.call('ZREM', p .. 'undelivered', id)
    redis.call('ZREM', p .. 'expiring', id)
  elseif from == 'in_doubt' then redis.call('ZREM', p .. 'doubts', id)
  elseif from == 'dead_lettered' then
    redis.call('ZREM', p .. 'dead', id)
    if row.dead_code then
      redis.call('ZREM', p .. 'dead:' .. row.dead_code, id)
      redis.call('ZREM', list_dead(batch, row.dead_code), id)
      if redis.call('HINCRBY', p .. 'dead-codes', row.dead_code, -1) <= 0 then redis.call('HDEL', p .. 'dead-codes', row.dead_code) end
    end
  end
  if to == 'generated' then redis.call('ZADD', p .. 'undelivered', now, id)
  elseif to == 'in_doubt' then redis.call('ZADD', p .. 'doubts', now, id)
  elseif to == 'dead_lettered' then
    redis.call('ZADD', p .. 'dead', now, id)
    redis.call('ZADD', p .. 'dead:' .. code, now, id)
    redis.call('ZADD', list_dead(batch, code), now, id)
    redis.call('HINCRBY', p .. 'dead-codes', code, 1)
  end
  if holds_slot[to] then redis.call('ZADD', p .. 'slots', 'NX', now, id)
  elseif holds_slot[from] then redis.call('ZREM', p .. 'slots', id) end
end

-- Spent money by hour and currency, for two months.
local function count_spend(b, micro)
  local key, hour = p .. 'spend', math.floor(now / 3600000)
  local field = hour .. ' ' .. (redis.call('HGET', b, 'currency') or 'CNY')
  if redis.call('HINCRBY', key, field, micro) > micro or redis.call('HLEN', key) <= 1500 then return end
  for _, old in ipairs(redis.call('HKEYS', key)) do
    if tonumber(string.match(old, '^%d+')) < hour - 1500 then redis.call('HDEL', key, old) end
  end
end

-- Why nothing is submitted until more is delivered, or nil: too many paid pictures wait, one waits too long, or the
-- link to one has lived half of its life.
local function delivering_first(most, age_ms)
  local undelivered = redis.call('ZCARD', p .. 'undelivered')
  if undelivered == 0 then return nil end
  if undelivered >= most then return 'undelivered' end
  if now - tonumber(redis.call('ZRANGE', p .. 'undelivered', 0, 0, 'WITHSCORES')[2]) > age_ms then return 'undelivered' end
  local first = redis.call('ZRANGE', p .. 'expiring', 0, 0, 'WITHSCORES')
  if first[2] and tonumber(first[2]) <= now then return 'expiring' end
  return nil
end

-- A limit ('rate', 'slots', 'query') as it is in force: what the last throttle cut it to, climbing evenly from then on,
-- by the whole of 'full' in the time that was given with the cut. 'full' itself where nothing was cut, or all has come back.
local function in_force(what, full)
  local f = redis.call('HMGET', p .. 'throttle', what .. '_to', what .. '_at', what .. '_ms')
  if not f[1] then return full end
  return math.min(full, tonumber(f[1]) + full * math.max(0, now - tonumber(f[2])) / tonumber(f[3]))
end

-- The highest number of slots that may be taken now.
local function slots_in_force(full) return math.floor(in_force('slots', full)) end

-- Answers to calls that left before the last cut speak of the limit that was cut by it: a burst of them counts once.
local function is_news(what, sent_at)
  local at = redis.call('HGET', p .. 'throttle', what .. '_at')
  return not at or sent_at > tonumber(at)
end

local function cut(what, from, least, full, climb_ms, code)
  redis.call('HSET', p .. 'throttle', what .. '_to', math.max(least, from * 0.7), what .. '_at', now, what .. '_ms', climb_ms,
    what .. '_full', full, what .. '_code', code)
  redis.call('HINCRBY', p .. 'throttle', what .. '_cuts', 1)
end

-- No call before then, however soon another throttle says that it may.
local function hold_until(key, at)
  local held = tonumber(redis.call('GET', p .. key) or 0)
  if at > held then redis.call('SET', p .. key, at, 'PX', math.ceil(at - now) + 60000) end
end

local function halt_line(code, message, probe_in)
  local line = p .. 'line'
  if redis.call('HGET', line, 'state') == 'halted' then
    redis.call('HSET', line, 'code', code, 'message', message)
    return 0
  end
  redis.call('HSET', line, 'state', 'halted', 'code', code, 'message', message, 'since', now, 'probe_at', now + probe_in, 'probe_gap', probe_in)
  return 1
end
`;
