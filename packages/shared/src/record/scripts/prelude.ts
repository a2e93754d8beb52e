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
  local f = redis.call('HMGET', p .. 'x:' .. id, 'v', 'status', 'hop', 'licence', 'caller', 'answer', 'reserved', 'held', 'rescues', 'dead_code', 'probe')
  local row = { id = id, v = tonumber(f[1]), status = f[2], hop = tonumber(f[3] or 0), licence = f[4], caller = f[5],
    answer = f[6], reserved = tonumber(f[7] or 0), held = f[8], rescues = tonumber(f[9] or 0), dead_code = f[10], probe = f[11] }
  if not row.status then
    if redis.call('EXISTS', p .. 'q:' .. id) == 0 then return nil end
    row.status, row.v = 'accepted', version
  end
  return row
end

local function remember(id, name, to, detail)
  local h = p .. 'h:' .. id
  if redis.call('RPUSH', h, cjson.encode({ now, name, to, detail or '' })) > 60 then redis.call('LTRIM', h, -50, -1) end
end

local function ready(batch, at_head_of_time)
  local first = redis.call('ZRANGE', p .. 'ready', 0, 0, 'WITHSCORES')
  redis.call('ZADD', p .. 'ready', 'NX', first[2] or 0, batch)
end

-- Puts a row back at the head of its backlog; the feed takes it again once the batch and the line run.
local function to_backlog_head(id, batch)
  redis.call('SREM', p .. 'fed', id)
  redis.call('ZREM', p .. 'watch', id)
  redis.call('LPUSH', p .. 'bl:' .. batch, id)
  if redis.call('HGET', p .. 'b:' .. batch, 'run') == 'running' then ready(batch) end
end

-- A sealed batch without an unfinished row is finished; a held doubt waits for a person and does not keep it open.
local function settle_batch(b)
  local c = redis.call('HMGET', b, 'state', 'accepted', 'submitting', 'submitted', 'generated', 'in_doubt', 'held')
  local open = 0
  for i = 2, 6 do open = open + tonumber(c[i] or 0) end
  open = open - tonumber(c[7] or 0)
  if c[1] == 'sealed' and open == 0 then
    redis.call('HSET', b, 'state', 'finished', 'finished_at', now)
  elseif c[1] == 'finished' and open > 0 then
    redis.call('HSET', b, 'state', 'sealed')
    redis.call('HDEL', b, 'finished_at')
  end
end

local ended = { delivered = true, dead_lettered = true, cancelled = true, in_doubt = true }
local holds_slot = { submitting = true, submitted = true, in_doubt = true }

-- The counters and the sets of a status change together with it, or not at all.
local function move_sets(row, to, batch, code)
  local id, from, b = row.id, row.status, p .. 'b:' .. batch
  if from == to then return end
  redis.call('HINCRBY', b, from, -1)
  redis.call('HINCRBY', b, to, 1)
  if from == 'accepted' then
    redis.call('SREM', p .. 'fed', id)
    redis.call('ZREM', p .. 'due', id)
  elseif from == 'generated' then redis.call('ZREM', p .. 'undelivered', id)
  elseif from == 'in_doubt' then redis.call('ZREM', p .. 'doubts', id)
  elseif from == 'dead_lettered' then
    redis.call('ZREM', p .. 'dead', id)
    if row.dead_code then
      redis.call('ZREM', p .. 'dead:' .. row.dead_code, id)
      if redis.call('HINCRBY', p .. 'dead-codes', row.dead_code, -1) <= 0 then redis.call('HDEL', p .. 'dead-codes', row.dead_code) end
    end
  end
  if to == 'generated' then redis.call('ZADD', p .. 'undelivered', now, id)
  elseif to == 'in_doubt' then redis.call('ZADD', p .. 'doubts', now, id)
  elseif to == 'dead_lettered' then
    redis.call('ZADD', p .. 'dead', now, id)
    redis.call('ZADD', p .. 'dead:' .. code, now, id)
    redis.call('HINCRBY', p .. 'dead-codes', code, 1)
  end
  if holds_slot[to] then redis.call('ZADD', p .. 'slots', 'NX', now, id)
  elseif holds_slot[from] then redis.call('ZREM', p .. 'slots', id) end
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
