// Where an accepted row waits: fed and on its way to a licence, due for a retry, or neither, in its batch's backlog.
import type { Redis } from 'ioredis';
import type { ExpansionId } from '../contract/ids.ts';
import type { Keys } from './keys.ts';

/** Times are epoch ms by Redis' clock; null where the row does not stand in that list. */
export interface WaitingPlace {
  readonly isFed: boolean;
  /** When its next try is fed. */
  readonly dueAt: number | null;
  /** When the sweeper looks after it, if it has not moved by then. */
  readonly watchAt: number | null;
  readonly holdsSlot: boolean;
}

const timeOrNull = (score: unknown): number | null => (typeof score === 'string' ? Number(score) : null);

/** A look of one round trip; the four answers are taken one after the other and not at one moment. */
export const readWaitingPlace = async (redis: Redis, keys: Keys, id: ExpansionId): Promise<WaitingPlace> => {
  const replies = await redis
    .pipeline()
    .sismember(keys.fed, id)
    .zscore(keys.due, id)
    .zscore(keys.watch, id)
    .zscore(keys.slots, id)
    .exec();
  const [fed, due, watch, slot] = (replies ?? []).map(([error, value]) => {
    if (error) throw error;
    return value;
  });
  return { isFed: fed === 1, dueAt: timeOrNull(due), watchAt: timeOrNull(watch), holdsSlot: slot !== null };
};
