// Changes what a dead-lettered row asks for, so that a redrive makes another picture than the one that failed.
import type { Redis } from 'ioredis';
import type { ExpansionId } from '../contract/ids.ts';
import type { ExpansionRequest } from '../contract/request.ts';
import { RECORD_VERSION } from '../lifecycle/record.ts';
import type { Keys } from './keys.ts';
import type { ScriptTime } from './redis-record-store.ts';
import { runScript } from './run-script.ts';
import { preludeLua } from './scripts/prelude.ts';
import { storedText } from './stored-request.ts';

/**
 * ARGV[4] id, [5] hop, [6] the request as JSON, [7] what changed, for the history. Returns 'edited', 'moved' or 'gone'.
 * The hop is raised: whatever was decided from the request before is decided anew.
 */
const editLua = `${preludeLua}${
  /* lua */ `
local id, x = ARGV[4], p .. 'x:' .. ARGV[4]
local row = read_row(id)
if not row then return 'gone' end
if row.status ~= 'dead_lettered' or row.hop ~= tonumber(ARGV[5]) or row.v > version then return 'moved' end
redis.call('SET', p .. 'q:' .. id, ARGV[6])
redis.call('HINCRBY', x, 'hop', 1)
remember(id, 'edited', row.status, ARGV[7])
return 'edited'
`
}`;

export interface EditStore {
  /** Only while the row is dead-lettered and nobody else has touched it since it was read. Not to be sent again blindly. */
  edit(
    row: { readonly id: ExpansionId; readonly hop: number },
    request: ExpansionRequest,
    detail: string,
  ): Promise<'edited' | 'moved' | 'gone'>;
}

export const createEditStore = (redis: Redis, keys: Keys, time?: ScriptTime): EditStore => ({
  edit: async ({ id, hop }, request, detail) => {
    const args = [keys.prefix, time ? time() : '', RECORD_VERSION, id, hop, storedText(request), detail];
    return (await runScript(redis, editLua, keys.record(id), args)) as 'edited' | 'moved' | 'gone';
  },
});
