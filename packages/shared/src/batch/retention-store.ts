// Forgets rows that have ended well and stand in a report: Redis holds what is to be done, the bucket what was done.
import type { Redis } from 'ioredis';
import { type BatchName, SINGLE_BATCH } from '../contract/ids.ts';
import { RECORD_VERSION } from '../lifecycle/record.ts';
import type { Keys } from '../record/keys.ts';
import type { ScriptTime } from '../record/redis-record-store.ts';
import { runScript } from '../record/run-script.ts';
import { preludeLua } from '../record/scripts/prelude.ts';

export interface RetentionStore {
  /** Batches whose time is over, some at a time; single requests are always looked at. */
  due(): Promise<BatchName[]>;
  /**
   * Forgets up to {@link EXPIRE_ROWS_MAX} delivered or cancelled rows, and says how many. Of a batch that is not finished,
   * or owes a report, none: what a report has not told is never forgotten. Dead letters and doubts wait for a person.
   */
  expire(name: BatchName, retentionMs: number): Promise<number>;
}

export const EXPIRE_ROWS_MAX = 250;
const BATCHES_MAX = 20;

/** ARGV[4] batch, [5] ms that a single request is kept after its end, [6] most rows. */
const expireLua = `${preludeLua}${
  /* lua */ `
local batch, rows_max = ARGV[4], tonumber(ARGV[6])
local b, until_at = p .. 'b:' .. batch, '+inf'
if batch == '${SINGLE_BATCH}' then until_at = now - tonumber(ARGV[5])
elseif redis.call('HGET', b, 'state') ~= 'finished' or redis.call('ZSCORE', p .. 'reports', batch) then
  -- Its next report begins its time anew.
  redis.call('ZREM', p .. 'retention', batch)
  return 0
end
local expired = 0
for _, status in ipairs({ 'delivered', 'cancelled' }) do
  local list = list_ended(batch, status)
  local ids = redis.call('ZRANGEBYSCORE', list, '-inf', until_at, 'LIMIT', 0, rows_max - expired)
  for _, id in ipairs(ids) do redis.call('UNLINK', p .. 'q:' .. id, p .. 'x:' .. id, p .. 'h:' .. id) end
  if #ids > 0 then redis.call('ZREM', list, unpack(ids)) end
  expired = expired + #ids
  if expired == rows_max then break end
end
if expired > 0 then redis.call('HINCRBY', b, 'expired', expired) end
if expired < rows_max then redis.call('ZREM', p .. 'retention', batch) end
return expired
`
}`;

export const createRetentionStore = (redis: Redis, keys: Keys, time?: ScriptTime): RetentionStore => ({
  due: async () => {
    const [seconds] = time ? [time() / 1_000] : await redis.time();
    const ended = await redis.zrangebyscore(keys.retention, '-inf', Number(seconds) * 1_000, 'LIMIT', 0, BATCHES_MAX);
    return [...(ended as BatchName[]), SINGLE_BATCH];
  },
  expire: async (name, retentionMs) =>
    Number(
      await runScript(redis, expireLua, keys.retention, [
        keys.prefix,
        time ? time() : '',
        RECORD_VERSION,
        name,
        retentionMs,
        EXPIRE_ROWS_MAX,
      ]),
    ),
});
