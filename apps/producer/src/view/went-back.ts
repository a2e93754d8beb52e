// A Redis that has gone back in time as the outside sees it: since when, and which tasks no row knows.
import type { LineState } from '@outpaint/shared/batch/batch-store';
import { numberText } from '../terminal/count-text.ts';
import { printable } from '../terminal/printable.ts';
import { timeText } from '../terminal/time-text.ts';

type WentBack = NonNullable<LineState['wentBack']>;

const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());
const TASKS_SHOWN_MAX = 10;

export const wentBackJson = (back: WentBack | null) =>
  back === null
    ? null
    : {
        since: iso(back.since),
        newest_known_licence_at: back.keptAt === 0 ? null : iso(back.keptAt),
        looked_at: iso(back.lookedAt),
        unknown_tasks: back.unknownCount,
        task_ids: [...back.unknown],
      };

/** What the upstream's list says of the lost time, and what a person can do about it. */
export const wentBackRows = (back: WentBack): string[][] => {
  if (back.lookedAt === null) return [['unknown tasks', 'nobody has looked yet; a worker does it']];
  const rows = [['unknown tasks', `${numberText(back.unknownCount)} (looked ${timeText(back.lookedAt)})`]];
  if (back.unknownCount === 0) return rows;
  rows.push(...back.unknown.slice(0, TASKS_SHOWN_MAX).map((id) => ['', printable(id)]));
  if (back.unknownCount > TASKS_SHOWN_MAX) rows.push(['', '… (--json names more)']);
  rows.push(['what to do', 'run the manifests again; outpaint reconcile --journal FILE with the logs of the workers']);
  return rows;
};
