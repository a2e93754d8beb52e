// A person has looked at a suspected duplicate: it goes from the list, and no later look at the account's list brings it back.
import { preludeLua } from './prelude.ts';

/**
 * ARGV[4] task. Returns 1 where it was on the list. From then on the task is known: its row's, unless another has it.
 * Safe to repeat.
 */
export const seenSuspectLua = `${preludeLua}${
  /* lua */ `
local task = ARGV[4]
local kept = redis.call('HGET', p .. 'suspects', task)
if not kept then return 0 end
redis.call('HDEL', p .. 'suspects', task)
if not owner_of(task) then own_task(task, cjson.decode(kept).expansion_ids[1] or '-', '') end
return 1
`
}`;
