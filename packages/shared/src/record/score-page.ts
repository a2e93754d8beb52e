// A page of a sorted set from the highest score down, found by score and not by position.
import type { Redis } from 'ioredis';

/** Go on after everything above `score`, and after `skip` members that have it. */
export interface ScorePlace {
  readonly score: number;
  readonly skip: number;
}

export interface ScoredPage<Id extends string> {
  readonly ids: readonly Id[];
  readonly scores: readonly number[];
  /** Whether anything stands behind this page. */
  readonly more: boolean;
}

/** Costs the same wherever the page is, apart from `skip`. What joins or leaves meanwhile moves no other entry. */
export const readScorePage = async <Id extends string>(
  redis: Redis,
  key: string,
  after: ScorePlace | null,
  limit: number,
): Promise<ScoredPage<Id>> => {
  const from = after === null ? '+inf' : String(after.score);
  const flat = await redis.zrevrangebyscore(key, from, '-inf', 'WITHSCORES', 'LIMIT', after?.skip ?? 0, limit + 1);
  const ids: Id[] = [];
  const scores: number[] = [];
  for (let i = 0; i < flat.length && ids.length < limit; i += 2) {
    ids.push(flat[i] as Id);
    scores.push(Number(flat[i + 1]));
  }
  return { ids, scores, more: flat.length > 2 * limit };
};
