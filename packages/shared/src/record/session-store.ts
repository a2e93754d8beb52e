// Sessions of people in a browser: a random name stands for a token that was shown once, so that a page never keeps the token.
import { createHash, randomBytes } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { Keys } from './keys.ts';

/** Whose session it is. The digest of the token as well: a token that is replaced under its old name ends its sessions. */
export interface Session {
  readonly tokenName: string;
  readonly tokenSha256: string;
}

export interface SessionStore {
  /** A name of 256 random bits that nobody else knows; it ends after {@link SESSION_MS}. */
  begin(session: Session): Promise<string>;
  read(name: string): Promise<Session | null>;
  end(name: string): Promise<void>;
}

/** A working day. */
export const SESSION_MS = 12 * 3_600_000;
const NAME_BYTES = 32;

/** Redis holds digests only: whoever reads it cannot take over a session. */
export const createSessionStore = (redis: Redis, keys: Keys): SessionStore => {
  const keyOf = (name: string): string => `${keys.prefix}session:${createHash('sha256').update(name).digest('hex')}`;
  return {
    begin: async (session) => {
      const name = randomBytes(NAME_BYTES).toString('base64url');
      await redis.set(keyOf(name), JSON.stringify(session), 'PX', SESSION_MS);
      return name;
    },
    read: async (name) => {
      const text = await redis.get(keyOf(name));
      return text === null ? null : (JSON.parse(text) as Session);
    },
    end: async (name) => {
      await redis.del(keyOf(name));
    },
  };
};
