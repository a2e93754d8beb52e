// A task that an answer named and that its row did not take: kept for people, unless the row has it after all.
import { preludeLua } from './prelude.ts';

/**
 * ARGV[4] id, [5] task, [6] what to keep of it as JSON. Returns 1 where it is news, 0 where the row has this task or it
 * is kept already. From then on the task is known, so that no doubt adopts it. Safe to repeat.
 */
export const suspectLateLua = `${preludeLua}${
  /* lua */ `
local id, task = ARGV[4], ARGV[5]
local row = redis.call('HMGET', p .. 'x:' .. id, 'task_id', 'key_name')
if row[1] == task then return 0 end
if not owner_of(task) then own_task(task, id, row[2] or '') end
if redis.call('HLEN', p .. 'suspects') >= 1000 then return 1 end
return redis.call('HSETNX', p .. 'suspects', task, ARGV[6])
`
}`;
