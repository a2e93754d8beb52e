// A connection on which our scripts run with a bug put into their text.
import type { RedisConnection } from '@outpaint/shared/queue/connections';

export interface ScriptBug {
  readonly name: string;
  /** Seeds, from 1 on, after which a disagreement must have shown. */
  readonly seedsMax: number;
  /** Text of a script, and what stands there instead. */
  readonly text: string;
  readonly instead: string;
}

export interface PatchedRedis {
  readonly redis: RedisConnection;
  /** Whether a script with this text has run: a patch of nothing proves nothing. */
  readonly wasMet: () => boolean;
}

/** Scripts are always sent whole; everything else goes to the connection as it is. */
export const patchedRedis = (redis: RedisConnection, bug: ScriptBug): PatchedRedis => {
  let met = false;
  const unknown = async (): Promise<never> => {
    throw new Error('NOSCRIPT simulated: send the script itself');
  };
  const run = (lua: string, ...rest: (string | number)[]): Promise<unknown> => {
    if (lua.includes(bug.text)) met = true;
    return (redis.eval as (...args: unknown[]) => Promise<unknown>)(lua.replaceAll(bug.text, bug.instead), ...rest);
  };
  const patched = new Proxy(redis, {
    get: (target, name) => {
      if (name === 'evalsha') return unknown;
      if (name === 'eval') return run;
      const value = Reflect.get(target, name) as unknown;
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  return { redis: patched, wasMet: () => met };
};
