// What was spent, by hour and currency: the transition that counts money to a batch counts it here as well.
import type { Redis } from 'ioredis';
import type { Keys } from './keys.ts';

const HOUR_MS = 3_600_000;

/** Millionths of each currency since the hour in which `since` lies; hours are kept for two months. */
export const readSpend = async (redis: Redis, keys: Keys, since: number): Promise<Record<string, number>> => {
  const from = Math.floor(since / HOUR_MS);
  const spent: Record<string, number> = {};
  for (const [field, micro] of Object.entries(await redis.hgetall(`${keys.prefix}spend`))) {
    const [hour = '', currency = ''] = field.split(' ');
    if (Number(hour) >= from) spent[currency] = (spent[currency] ?? 0) + Number(micro);
  }
  return spent;
};
