// One of several workers does something for a while; whoever holds the lease may take it again.
import type { Redis } from 'ioredis';
import { runScript } from './run-script.ts';

/** ARGV: holder, ms (0 gives it back). Returns 1 where the caller holds it, or nobody does. */
const leaseLua = /* lua */ `
local held = redis.call('GET', KEYS[1])
if held and held ~= ARGV[1] then return 0 end
if ARGV[2] == '0' then if held then redis.call('DEL', KEYS[1]) end return 1 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
`;

/** True where `holder` has it, for `ms` from now. Saves work only: what is done under it must be harmless twice. */
export const takeLease = async (redis: Redis, key: string, holder: string, ms: number): Promise<boolean> =>
  (await runScript(redis, leaseLua, key, [holder, ms])) === 1;

export const endLease = async (redis: Redis, key: string, holder: string): Promise<void> => {
  await runScript(redis, leaseLua, key, [holder, 0]);
};
