// How much of its memory Redis uses: what an import looks at before it goes on.
import type { Redis } from 'ioredis';

export interface MemoryUse {
  readonly usedBytes: number;
  /** Null where no limit is set, or the server does not say. */
  readonly maxBytes: number | null;
}

export const readMemoryUse = async (redis: Redis): Promise<MemoryUse> => {
  const text = await redis.info('memory').catch((error: unknown) => {
    // A producer's access list may forbid INFO; not knowing is no reason to refuse its rows.
    if (error instanceof Error && error.message.startsWith('NOPERM')) return '';
    throw error;
  });
  const numberOf = (name: string): number => Number(new RegExp(`^${name}:(\\d+)`, 'm').exec(text)?.[1] ?? 0);
  const max = numberOf('maxmemory');
  return { usedBytes: numberOf('used_memory'), maxBytes: max === 0 ? null : max };
};
