// A page of a sorted set from the highest score down, found by score and not by position.
import type { Redis } from 'ioredis';

/** Go on after everything above `score`, and after `skip` members that have it. */
export interface ScorePlace {
  readonly score: number;
  readonly skip: number;
}

/** Scores between these, both included; left out, there is no bound. */
export interface ScoreRange {
  readonly since?: number | undefined;
  readonly until?: number | undefined;
}

export interface ScoredPage<Id extends string> {
  readonly ids: readonly Id[];
  readonly scores: readonly number[];
  /** Whether anything stands behind this page. */
  readonly more: boolean;
}

/** The place behind a page that began after `after`; null where the page was empty. */
export const placeBehind = (scores: readonly number[], after: ScorePlace | null): ScorePlace | null => {
  const last = scores.at(-1);
  if (last === undefined) return null;
  const skip = scores.filter((score) => score === last).length + (after?.score === last ? after.skip : 0);
  return { score: last, skip };
};

/** Costs the same wherever the page is, apart from `skip`. What joins or leaves meanwhile moves no other entry. */
export const readScorePage = async <Id extends string>(
  redis: Redis,
  key: string,
  after: ScorePlace | null,
  limit: number,
  { since, until }: ScoreRange = {},
): Promise<ScoredPage<Id>> => {
  const from = after === null ? (until ?? '+inf') : String(after.score);
  const to = since ?? '-inf';
  const flat = await redis.zrevrangebyscore(key, from, to, 'WITHSCORES', 'LIMIT', after?.skip ?? 0, limit + 1);
  const ids: Id[] = [];
  const scores: number[] = [];
  for (let i = 0; i < flat.length && ids.length < limit; i += 2) {
    ids.push(flat[i] as Id);
    scores.push(Number(flat[i + 1]));
  }
  return { ids, scores, more: flat.length > 2 * limit };
};
