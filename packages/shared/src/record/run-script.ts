// Runs one of our Lua scripts by its digest, loading it where the server does not know it (yet, or any more).
import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';

const digests = new Map<string, string>();

const digestOf = (lua: string): string => {
  let digest = digests.get(lua);
  if (digest === undefined) {
    digest = createHash('sha1').update(lua).digest('hex');
    digests.set(lua, digest);
  }
  return digest;
};

const isNoScript = (error: unknown): boolean => error instanceof Error && error.message.startsWith('NOSCRIPT');

/**
 * `key` only routes to the shard; scripts build their keys from the one prefix.
 * After a lost reply ioredis sends the command again: every script of ours carries a caller token or is idempotent.
 */
export const runScript = async (
  redis: Redis,
  lua: string,
  key: string,
  args: readonly (string | number)[],
): Promise<unknown> => {
  try {
    return await redis.evalsha(digestOf(lua), 1, key, ...args);
  } catch (error) {
    if (!isNoScript(error)) throw error;
    return redis.eval(lua, 1, key, ...args);
  }
};
