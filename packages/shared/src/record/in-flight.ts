// The rows whose tasks are at work upstream, in one call: what a look at the whole list is compared with.
import type { Redis } from 'ioredis';
import type { ExpansionId } from '../contract/ids.ts';
import type { InFlight } from '../lifecycle/list-watch.ts';
import type { Keys } from './keys.ts';
import { runScript } from './run-script.ts';

/** Far above any account's slots; the script stays within some ms. */
const ROWS_MAX = 2_000;

const inFlightLua = /* lua */ `
local p, found = ARGV[1], {}
for _, id in ipairs(redis.call('ZRANGE', p .. 'slots', 0, ARGV[2] - 1)) do
  local row = redis.call('HMGET', p .. 'x:' .. id, 'status', 'hop', 'task_id', 'submitted_at', 'polls')
  if row[1] == 'submitted' and row[3] then
    found[#found + 1] = { id, row[2], row[3], row[4] or '0', row[5] or '0' }
  end
end
return found
`;

/** One moment's view. Oldest slot first. */
export const readInFlight = async (redis: Redis, keys: Keys): Promise<InFlight[]> => {
  const rows = (await runScript(redis, inFlightLua, keys.slots, [keys.prefix, ROWS_MAX])) as string[][];
  return rows.map(([id = '', hop, taskId = '', submittedAt, polls]) => ({
    id: id as ExpansionId,
    hop: Number(hop),
    taskId,
    submittedAt: Number(submittedAt),
    polls: Number(polls),
  }));
};
