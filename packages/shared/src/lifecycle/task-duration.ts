// How long a task took, corrected for our seeing its end late; kept by kind, for best quality takes a multiple. Pure.
import type { ExpansionRecord } from './record.ts';

export const DURATION_KINDS = ['ordinary', 'best'] as const;
export type DurationKind = (typeof DURATION_KINDS)[number];

export const wantsBestQuality = (record: ExpansionRecord): boolean => record.request.parameters.best_quality === true;

export const kindOf = (bestQuality: boolean): DurationKind => (bestQuality ? 'best' : 'ordinary');

/** Clocks and the way of an answer may add so much to what upstream says. */
const TOLERANCE_MS = 5_000;

/**
 * `upstreamMs`, from submit to end by upstream's own clock, if it can be true; else the middle between the last look
 * that found the task unfinished and `now`. Null where the record does not know when its task was submitted.
 */
export const learnedOf = (
  record: ExpansionRecord,
  upstreamMs: number | null,
  now: number,
): { of: DurationKind; ms: number } | undefined => {
  if (record.submittedAt === null) return undefined;
  const age = Math.max(1, now - record.submittedAt);
  const of = kindOf(wantsBestQuality(record));
  if (upstreamMs !== null && upstreamMs > 0 && upstreamMs <= age + TOLERANCE_MS)
    return { of, ms: Math.round(upstreamMs) };
  const seenAtWork = Math.min(age, Math.max(0, (record.lookedAt ?? record.submittedAt) - record.submittedAt));
  return { of, ms: Math.max(1, Math.round((seenAtWork + age) / 2)) };
};
