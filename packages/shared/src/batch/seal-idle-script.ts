// Seals batches that services add to, once nobody does any more.
import { preludeLua } from '../record/scripts/prelude.ts';

/**
 * ARGV[4] ms without a row, [5] most batches. Returns the names of those that it sealed. A batch without rows stays open:
 * it was made a moment ago, or nobody came. A row that comes later is accepted all the same, see `acceptLua`.
 */
export const sealIdleLua = `${preludeLua}${
  /* lua */ `
local sealed = {}
for _, batch in ipairs(redis.call('ZRANGEBYSCORE', p .. 'open', '-inf', now - tonumber(ARGV[4]), 'LIMIT', 0, ARGV[5])) do
  local b = p .. 'b:' .. batch
  local f = redis.call('HMGET', b, 'state', 'v', 'rows')
  if not is_newer(f[2]) then
    redis.call('ZREM', p .. 'open', batch)
    if f[1] == 'open' and tonumber(f[3] or 0) > 0 then
      redis.call('HSET', b, 'state', 'sealed', 'sealed_at', now)
      settle_batch(b)
      sealed[#sealed + 1] = batch
    end
  end
end
return sealed
`
}`;
