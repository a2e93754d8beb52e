// The diagnosis as people read it: by part, what is wrong with its remedy, what is well in one line.
import { countText } from '../terminal/count-text.ts';
import type { Paint } from '../terminal/paint.ts';
import { CHECK_PARTS, type Check, partOf, VERDICTS, type Verdict } from './check.ts';

const TITLES = {
  settings: 'Settings against each other',
  redis: 'Redis',
  bucket: 'The bucket',
  upstream: 'The API',
} as const;

const paintOf = (paint: Paint, verdict: Verdict): ((text: string) => string) =>
  ({ ok: paint.good, warning: paint.warn, problem: paint.bad, unknown: paint.dim })[verdict];

const WIDTH = Math.max(...VERDICTS.map((verdict) => verdict.length));

export const countsOf = (checks: readonly Check[]): Record<Verdict, number> =>
  Object.fromEntries(
    VERDICTS.map((verdict) => [verdict, checks.filter((check) => check.verdict === verdict).length]),
  ) as Record<Verdict, number>;

export const diagnosisText = (checks: readonly Check[], paint: Paint): string => {
  const lines: string[] = [];
  for (const part of CHECK_PARTS) {
    const own = checks.filter((check) => partOf(check) === part);
    if (own.length === 0) continue;
    lines.push(paint.strong(TITLES[part]));
    for (const [i, { verdict, says, remedy }] of own.entries()) {
      // What could not be checked for one and the same reason is said once.
      if (verdict === 'unknown' && own[i - 1]?.says === says) continue;
      lines.push(`  ${paintOf(paint, verdict)(verdict.padEnd(WIDTH))}  ${says}`);
      if (remedy !== null) lines.push(`  ${' '.repeat(WIDTH)}  → ${remedy}`);
    }
    lines.push('');
  }
  const counts = countsOf(checks);
  lines.push(
    [
      countText(counts.problem, 'problem'),
      countText(counts.warning, 'warning'),
      `${counts.unknown} unknown`,
      `${counts.ok} ok`,
    ].join(' · '),
  );
  return lines.join('\n');
};
