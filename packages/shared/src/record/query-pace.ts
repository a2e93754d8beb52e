// Hands out places in time to queries, account-wide: a leaky bucket of one key.
import type { Redis } from 'ioredis';
import type { Keys } from './keys.ts';
import { runScript } from './run-script.ts';
import { preludeLua } from './scripts/prelude.ts';

const queryPaceLua = `${preludeLua}${
  /* lua */ `
local gap = tonumber(ARGV[4])
local at = math.max(tonumber(redis.call('GET', p .. 'qpace') or 0), now)
redis.call('SET', p .. 'qpace', at + gap, 'PX', math.ceil(at + gap - now) + 60000)
return math.floor(at - now)
`
}`;

/** How many ms the caller must wait for its place. A place is taken even if its caller never uses it: that only slows. */
export const takeQueryPlace = async (redis: Redis, keys: Keys, perSecond: number): Promise<number> =>
  Number(await runScript(redis, queryPaceLua, keys.line, [keys.prefix, '', 1, 1000 / perSecond]));
