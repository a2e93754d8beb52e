// Answers kept under a caller's key, so that a request that is sent again is answered as it was the first time.
import type { Redis } from 'ioredis';
import type { Keys } from './keys.ts';

export interface KeptAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export type KeyState =
  /** The caller does the work now and says `keep` or `forget` afterwards. */
  | { readonly kind: 'fresh' }
  | { readonly kind: 'kept'; readonly answer: KeptAnswer }
  /** The same request is being answered at this moment. */
  | { readonly kind: 'in_flight' }
  /** The key was used for another request. */
  | { readonly kind: 'other_request' };

export interface IdempotencyStore {
  begin(name: string, fingerprint: string): Promise<KeyState>;
  keep(name: string, fingerprint: string, answer: KeptAnswer): Promise<void>;
  /** For an answer that must not be kept: the next request under this key is fresh again. */
  forget(name: string): Promise<void>;
}

/** A server that dies leaves its keys in flight for so long; the work itself is safe to repeat. */
const IN_FLIGHT_MS = 60_000;

interface Entry {
  readonly fingerprint: string;
  readonly answer: KeptAnswer | null;
}

/** `name` is a digest: keys of callers never stand in Redis as they came. */
export const createIdempotencyStore = (redis: Redis, keys: Keys, keptMs: number): IdempotencyStore => {
  const keyOf = (name: string): string => `${keys.prefix}i:${name}`;
  const begin = async (name: string, fingerprint: string): Promise<KeyState> => {
    const mine = JSON.stringify({ fingerprint, answer: null } satisfies Entry);
    if ((await redis.set(keyOf(name), mine, 'PX', IN_FLIGHT_MS, 'NX')) === 'OK') return { kind: 'fresh' };
    const text = await redis.get(keyOf(name));
    // It ran out between the two calls.
    if (text === null) return begin(name, fingerprint);
    const entry = JSON.parse(text) as Entry;
    if (entry.fingerprint !== fingerprint) return { kind: 'other_request' };
    return entry.answer === null ? { kind: 'in_flight' } : { kind: 'kept', answer: entry.answer };
  };
  return {
    begin,
    keep: async (name, fingerprint, answer) => {
      await redis.set(keyOf(name), JSON.stringify({ fingerprint, answer } satisfies Entry), 'PX', keptMs);
    },
    forget: async (name) => {
      await redis.del(keyOf(name));
    },
  };
};
