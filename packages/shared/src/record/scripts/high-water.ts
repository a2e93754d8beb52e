// Lua of the high-water mark: a number and a name for every licence, by which a Redis that has gone back in time is known.

/** Names kept: a worker that slept for more licences than these is compared by its number alone. */
const NAMES_KEPT = 1000;

/**
 * To be put after the prelude. `high-water` holds the number of the newest licence and its time, `marks` the names of
 * the newest ones, newest first, and `back` stands while this Redis has gone back and nobody has put that right.
 * A number alone would not do: a promoted replica that granted a few licences since would have caught up with it.
 */
export const highWaterLua = /* lua */ `
local function raise_mark(name)
  local mark = redis.call('HINCRBY', p .. 'high-water', 'mark', 1)
  redis.call('HSET', p .. 'high-water', 'at', now)
  redis.call('LPUSH', p .. 'marks', name)
  redis.call('LTRIM', p .. 'marks', 0, ${NAMES_KEPT - 1})
  return mark
end

-- True while nothing may be paid: the caller remembers a licence that this Redis does not know, or somebody did before.
local function gone_back(seen, name)
  local back = p .. 'back'
  local f = redis.call('HMGET', p .. 'high-water', 'mark', 'at')
  local mark = tonumber(f[1] or 0)
  local known = seen <= 0 or mark >= seen
  local forked = false
  if known and seen > 0 then
    local there = redis.call('LINDEX', p .. 'marks', mark - seen)
    forked = there and there ~= name
  end
  if known and not forked then return redis.call('EXISTS', back) == 1 end
  -- After a fork nobody can say where the two histories parted, so all that is remembered is looked at.
  local kept, kept_at = mark, tonumber(f[2] or 0)
  if forked then kept, kept_at = 0, 0 end
  local before = redis.call('HMGET', back, 'kept_mark', 'kept_at')
  redis.call('HSETNX', back, 'since', now)
  redis.call('HSET', back, 'kept_mark', math.min(kept, tonumber(before[1] or kept)),
    'kept_at', math.min(kept_at, tonumber(before[2] or kept_at)))
  -- The number goes on above all that was seen, and the names begin anew: the two histories are not mixed.
  redis.call('HSET', p .. 'high-water', 'mark', math.max(mark, seen))
  redis.call('DEL', p .. 'marks')
  raise_mark('back:' .. now)
  return true
end

-- How long nothing is to be paid yet, in ms: this server has not been one that granted licences for so long, and whoever
-- remembers more than it does is to have the time to say so. A caller that knows nothing would not notice.
local function rest_of(rest_ms, seen)
  if rest_ms <= 0 then return 0 end
  local info = redis.pcall('INFO', 'server')
  local run = type(info) == 'string' and string.match(info, 'run_id:(%w+)')
  if not run then return 0 end
  local f = redis.call('HMGET', p .. 'high-water', 'mark', 'run', 'run_at')
  local since = tonumber(f[3] or 0)
  if f[2] ~= run then
    -- Where nothing was ever paid for there is nothing to be remembered.
    since = (f[1] or seen > 0) and now or 0
    redis.call('HSET', p .. 'high-water', 'run', run, 'run_at', since)
  end
  return math.max(0, since + rest_ms - now)
end
`;
