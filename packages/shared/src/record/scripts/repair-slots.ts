// Frees slots whose record no longer holds one: they should not exist, and one that does costs throughput for ever.
import { preludeLua } from './prelude.ts';

/** Looks at the 500 oldest slots. Returns how many were freed. Harmless to run twice. */
export const repairSlotsLua = `${preludeLua}${
  /* lua */ `
local freed = 0
for _, id in ipairs(redis.call('ZRANGE', p .. 'slots', 0, 499)) do
  local row = read_row(id)
  if not row or not holds_slot[row.status] then freed = freed + redis.call('ZREM', p .. 'slots', id) end
end
return freed
`
}`;
