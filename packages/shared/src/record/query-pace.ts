// Hands out places in time to queries, account-wide: a leaky bucket of one key.
import type { Redis } from 'ioredis';
import { RECORD_VERSION } from '../lifecycle/record.ts';
import type { Keys } from './keys.ts';
import { runScript } from './run-script.ts';
import { preludeLua } from './scripts/prelude.ts';

const queryPaceLua = `${preludeLua}${
  /* lua */ `
local gap = 1000 / in_force('query', tonumber(ARGV[4]))
local at = math.max(tonumber(redis.call('GET', p .. 'qpace') or 0), now)
redis.call('SET', p .. 'qpace', at + gap, 'PX', math.ceil(at + gap - now) + 60000)
return math.floor(at - now)
`
}`;

/** How many ms the caller must wait for its place. A place is taken even if its caller never uses it: that only slows. */
export const takeQueryPlace = async (redis: Redis, keys: Keys, perSecond: number): Promise<number> =>
  Number(await runScript(redis, queryPaceLua, keys.line, [keys.prefix, '', RECORD_VERSION, perSecond]));

export interface QueryThrottle {
  /** When the refused query was asked, epoch ms by Redis' clock: of a burst only the first refusal counts. */
  readonly askedAt: number;
  readonly perSecond: number;
  /** How long the pace takes from nothing to `perSecond`. */
  readonly climbMs: number;
  readonly code: string;
  /** No query before so many ms have passed; 0 where upstream asked for no wait. */
  readonly holdMs: number;
}

const slowQueriesLua = `${preludeLua}${
  /* lua */ `
local full = tonumber(ARGV[5])
if tonumber(ARGV[8]) > 0 then hold_until('qpace', now + tonumber(ARGV[8])) end
if not is_news('query', tonumber(ARGV[4])) then return 0 end
cut('query', in_force('query', full), full / 64, full, tonumber(ARGV[6]), ARGV[7])
return 1
`
}`;

/** Upstream refused a query for coming too soon. True if this slowed the pace, false if the pace was slowed meanwhile. */
export const slowQueries = async (redis: Redis, keys: Keys, throttle: QueryThrottle): Promise<boolean> => {
  const { askedAt, perSecond, climbMs, code, holdMs } = throttle;
  const args = [keys.prefix, '', RECORD_VERSION, Math.floor(askedAt), perSecond, climbMs, code, holdMs];
  return (await runScript(redis, slowQueriesLua, keys.line, args)) === 1;
};
