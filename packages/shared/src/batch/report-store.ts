// Which batches owe a report, who writes it now, and the rows that it tells of.
import type { Redis } from 'ioredis';
import type { BatchName, ExpansionId } from '../contract/ids.ts';
import { RECORD_VERSION } from '../lifecycle/record.ts';
import type { Status } from '../lifecycle/status.ts';
import type { Keys } from '../record/keys.ts';
import { runScript } from '../record/run-script.ts';
import { preludeLua } from '../record/scripts/prelude.ts';

/** Unless a setting says otherwise: a month. */
const RETENTION_MS = 30 * 86_400_000;

/** `turn` counts how often a report of this batch has been owed: one that is owed anew meanwhile stays owed. */
export interface OwedReport {
  readonly name: BatchName;
  readonly turn: number;
}

export interface ReportStore {
  /** The report that is owed longest, for `ms` this caller's; null where none is due. */
  claim(ms: number): Promise<OwedReport | null>;
  /** It is this caller's for `ms` more, or, after that time, anybody's. */
  keep(name: BatchName, ms: number): Promise<void>;
  /** Not owed any more, unless it is owed anew. `written`: it stands in the bucket, and ended rows are kept for `retentionMs` more. */
  settle(owed: OwedReport, end: 'written' | 'dropped', retentionMs?: number): Promise<void>;
  /** Ids of rows that have ended so, the first first. One that leaves the list meanwhile shifts the others: it owes another report. */
  rows(name: BatchName, status: Status, from: number, count: number): Promise<ExpansionId[]>;
}

/** ARGV[4] ms. Returns name and turn, or nothing. */
const claimLua = `${preludeLua}${
  /* lua */ `
local name = redis.call('ZRANGEBYSCORE', p .. 'reports', '-inf', now, 'LIMIT', 0, 1)[1]
if not name then return {} end
redis.call('ZADD', p .. 'reports', now + tonumber(ARGV[4]), name)
return { name, tonumber(redis.call('HGET', p .. 'b:' .. name, 'report_due') or 0) }
`
}`;

/** ARGV[4] batch, [5] ms. */
const keepLua = `${preludeLua}${
  /* lua */ `
redis.call('ZADD', p .. 'reports', 'XX', now + tonumber(ARGV[5]), ARGV[4])
return 1
`
}`;

/** ARGV[4] batch, [5] turn, [6] 'written' or 'dropped', [7] ms for which ended rows are kept. */
const settleLua = `${preludeLua}${
  /* lua */ `
local b = p .. 'b:' .. ARGV[4]
if ARGV[6] == 'written' then
  redis.call('HSET', b, 'reported_at', now, 'report_turn', ARGV[5])
  redis.call('ZADD', p .. 'retention', now + tonumber(ARGV[7]), ARGV[4])
end
if tonumber(redis.call('HGET', b, 'report_due') or 0) == tonumber(ARGV[5]) then redis.call('ZREM', p .. 'reports', ARGV[4])
else
  -- Also where the later one stands already: this caller stood still meanwhile, and has written over it.
  redis.call('ZADD', p .. 'reports', now, ARGV[4])
end
return 1
`
}`;

export const createReportStore = (redis: Redis, keys: Keys): ReportStore => {
  const run = (lua: string, args: readonly (string | number)[]): Promise<unknown> =>
    runScript(redis, lua, keys.reports, [keys.prefix, '', RECORD_VERSION, ...args]);
  return {
    claim: async (ms) => {
      const [name, turn] = (await run(claimLua, [ms])) as [BatchName?, number?];
      return name === undefined ? null : { name, turn: Number(turn) };
    },
    keep: async (name, ms) => {
      await run(keepLua, [name, ms]);
    },
    settle: async ({ name, turn }, end, retentionMs = RETENTION_MS) => {
      await run(settleLua, [name, turn, end, retentionMs]);
    },
    rows: async (name, status, from, count) =>
      (await redis.zrange(keys.ended(name, status), String(from), String(from + count - 1))) as ExpansionId[],
  };
};
