// Letters of malformed intake jobs: they have no record, so an index of their own lists them.
import type { Redis } from 'ioredis';
import type { DeadLetter, IntakeLetter } from '../contract/dead-letter.ts';
import type { Keys } from '../record/keys.ts';
import type { ScoreRange } from '../record/score-page.ts';
import type { TokenQueues } from './token-queues.ts';

export interface IntakeLetters {
  /** Safe to repeat: the letter's id makes the second one harmless. */
  write(letterId: string, letter: IntakeLetter): Promise<void>;
  /** Newest first; a letter that somebody consumed is left out and forgotten. */
  list(o: ScoreRange & { offset: number; limit: number }): Promise<{ letterId: string; letter: IntakeLetter }[]>;
  count(range?: ScoreRange): Promise<number>;
}

export const createIntakeLetters = (
  redis: Redis,
  keys: Keys,
  queues: Pick<TokenQueues, 'addLetter' | 'readLetter'>,
): IntakeLetters => ({
  write: async (letterId, letter) => {
    // Indexed first: a letter without an index would never be seen, an index without a letter is skipped.
    await redis.zadd(keys.deadIntake, letter.dead_at, letterId);
    await queues.addLetter(letterId, letter);
  },
  list: async ({ offset, limit, since = '-inf', until = '+inf' }) => {
    const ids = await redis.zrevrangebyscore(keys.deadIntake, until, since, 'LIMIT', offset, limit);
    const letters = await Promise.all(
      ids.map(async (letterId) => ({ letterId, letter: (await queues.readLetter(letterId)) as DeadLetter | null })),
    );
    return letters.flatMap(({ letterId, letter }) => (letter?.stage === 'intake' ? { letterId, letter } : []));
  },
  count: ({ since = '-inf', until = '+inf' } = {}) => redis.zcount(keys.deadIntake, since, until),
});
