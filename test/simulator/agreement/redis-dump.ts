// Every key of a namespace in Redis, with what it holds.
import type { RedisConnection } from '@outpaint/shared/queue/connections';
import { batchWithout0, type Dump, recordOf, throttleOf } from './model-dump.ts';

const scored = (flat: readonly string[]): Record<string, number> => {
  const times: Record<string, number> = {};
  for (let i = 0; i < flat.length; i += 2) times[flat[i] as string] = Number(flat[i + 1]);
  return times;
};

const contentOf = async (redis: RedisConnection, key: string, name: string): Promise<unknown> => {
  switch (await redis.type(key)) {
    case 'string':
      return redis.get(key);
    case 'list': {
      const lines = await redis.lrange(key, 0, -1);
      return name.startsWith('h:') ? lines.map((line) => JSON.parse(line) as unknown) : lines;
    }
    case 'set':
      return (await redis.smembers(key)).sort();
    case 'zset':
      return scored(await redis.zrange(key, '0', '-1', 'WITHSCORES'));
    default: {
      const fields = await redis.hgetall(key);
      if (name === 'throttle') return throttleOf(fields);
      return name.startsWith('x:') ? recordOf(fields) : name.startsWith('b:') ? batchWithout0(fields) : fields;
    }
  }
};

export const redisDump = async (redis: RedisConnection, prefix: string): Promise<Dump> => {
  const keys: string[] = [];
  let cursor = '0';
  do {
    const [next, found] = await redis.scan(cursor, 'MATCH', `${prefix.replace(/[{}]/g, '\\$&')}*`, 'COUNT', 1_000);
    cursor = next;
    keys.push(...found);
  } while (cursor !== '0');
  // `open` is only for sealing by idleness, which no seed plays.
  const compared = [...new Set(keys)].filter((key) => key !== `${prefix}open`);
  const entries = compared.map(async (key) => {
    const name = key.slice(prefix.length);
    return [name, await contentOf(redis, key, name)] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
};
