// Whether this Redis may forget a paid task: what it says of its persistence and eviction.
import type { Redis } from 'ioredis';

export type Durability =
  | { readonly kind: 'durable' }
  /** What would be lost, in sentences. */
  | { readonly kind: 'at_risk'; readonly reasons: readonly string[] }
  /** A managed Redis that forbids CONFIG: nobody can say. */
  | { readonly kind: 'unknown'; readonly reason: string };

const WANTED: readonly { name: string; want: string; risk: string }[] = [
  {
    name: 'appendonly',
    want: 'yes',
    risk: 'without the append-only file a restart forgets every task id since the last snapshot (set appendonly yes)',
  },
  {
    name: 'appendfsync',
    want: 'always',
    risk: 'a power cut forgets up to a second or more of paid task ids (set appendfsync always)',
  },
  {
    name: 'maxmemory-policy',
    want: 'noeviction',
    risk: 'a full Redis would silently drop records (set maxmemory-policy noeviction)',
  },
];

export const checkDurability = async (redis: Redis): Promise<Durability> => {
  const reasons: string[] = [];
  try {
    for (const { name, want, risk } of WANTED) {
      const [, value] = (await redis.config('GET', name)) as [string, string] | [];
      if (value === undefined) return { kind: 'unknown', reason: `CONFIG GET ${name} answers nothing` };
      if (value !== want) reasons.push(`${name} is ${value}: ${risk}`);
    }
  } catch (error) {
    return { kind: 'unknown', reason: error instanceof Error ? error.message : String(error) };
  }
  return reasons.length === 0 ? { kind: 'durable' } : { kind: 'at_risk', reasons };
};
