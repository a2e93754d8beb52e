// Forgets dead-lettered rows for good: the record, its place in every list, and nothing of what was counted.
import type { Redis } from 'ioredis';
import { type ExpansionId, SINGLE_BATCH } from '../contract/ids.ts';
import { RECORD_VERSION } from '../lifecycle/record.ts';
import type { Keys } from './keys.ts';
import type { ScriptTime } from './redis-record-store.ts';
import { runScript } from './run-script.ts';
import { preludeLua } from './scripts/prelude.ts';

/** Rows of one script call: about a millisecond of Redis. */
export const PURGE_ROWS_MAX = 25;

/**
 * `unreported`: its batch's report does not tell of it (yet), so nothing would say what became of it. `letter_due`: its
 * letter is still to be written. `moved`: it was edited, redriven or purged since it was read.
 */
export type Purged = 'purged' | 'unreported' | 'letter_due' | 'moved';

export interface PurgeStore {
  /** What would come of it, by the rules of `purge`; changes nothing. */
  look(rows: readonly PurgeRow[]): Promise<Purged[]>;
  /** Up to {@link PURGE_ROWS_MAX} rows, each if it stands as it was read. Safe to repeat: what is gone answers `moved`. */
  purge(rows: readonly PurgeRow[]): Promise<Purged[]>;
}

export interface PurgeRow {
  readonly id: ExpansionId;
  readonly hop: number;
}

/**
 * ARGV[4] 'purge' or 'look', then pairs of id and hop. The batch goes on counting the row as dead-lettered, and as one of
 * those that only its report still tells of.
 */
const purgeLua = `${preludeLua}${
  /* lua */ `
local answers = {}
local function judge(id, hop)
  local row = read_row(id)
  if not row or row.status ~= 'dead_lettered' or row.hop ~= hop or row.v > version then return 'moved' end
  local f = redis.call('HMGET', p .. 'x:' .. id, 'batch', 'letter', 'dead_at')
  if f[2] ~= 'written' then return 'letter_due' end
  local batch = f[1]
  if batch ~= '${SINGLE_BATCH}' then
    local told = redis.call('HGET', p .. 'b:' .. batch, 'reported_at')
    if not told or tonumber(told) < tonumber(f[3]) or redis.call('ZSCORE', p .. 'reports', batch) then return 'unreported' end
  end
  if ARGV[4] == 'look' then return 'purged' end
  redis.call('ZREM', list_ended(batch, 'dead_lettered'), id)
  redis.call('ZREM', p .. 'dead', id)
  redis.call('ZREM', p .. 'watch', id)
  if row.dead_code then
    redis.call('ZREM', p .. 'dead:' .. row.dead_code, id)
    redis.call('ZREM', list_dead(batch, row.dead_code), id)
    if redis.call('HINCRBY', p .. 'dead-codes', row.dead_code, -1) <= 0 then redis.call('HDEL', p .. 'dead-codes', row.dead_code) end
  end
  redis.call('UNLINK', p .. 'q:' .. id, p .. 'x:' .. id, p .. 'h:' .. id)
  redis.call('HINCRBY', p .. 'b:' .. batch, 'expired', 1)
  return 'purged'
end
for i = 5, #ARGV, 2 do answers[#answers + 1] = judge(ARGV[i], tonumber(ARGV[i + 1])) end
return answers
`
}`;

export const createPurgeStore = (redis: Redis, keys: Keys, time?: ScriptTime): PurgeStore => {
  const run = async (what: 'purge' | 'look', rows: readonly PurgeRow[]): Promise<Purged[]> => {
    const pairs = rows.flatMap(({ id, hop }) => [id, hop]);
    const args = [keys.prefix, time ? time() : '', RECORD_VERSION, what, ...pairs];
    return (await runScript(redis, purgeLua, keys.dead, args)) as Purged[];
  };
  return { look: (rows) => run('look', rows), purge: (rows) => run('purge', rows) };
};
