// What is going on in the whole installation, for the first page that people look at.
import type { Batch } from '@outpaint/shared/batch/batch';
import type { LineState } from '@outpaint/shared/batch/batch-store';
import { formatMoney } from '@outpaint/shared/contract/money';
import { explain } from '@outpaint/shared/errors/classify';
import { batchJson } from './batch-json.ts';
import { lineJson } from './line-json.ts';

const BATCHES_SHOWN_MAX = 50;

export interface OverviewFacts {
  readonly line: LineState;
  /** Newest first. */
  readonly batches: readonly Batch[];
  readonly dead: Readonly<Record<string, number>>;
  readonly spentMicro: Readonly<Record<string, number>>;
  readonly limits: { slots: number; submitsPerSecond: number; pricePerImage: number; currency: string };
}

const amount = (micro: number): string => formatMoney(micro, '').trim();
const isAtWork = ({ state, run, rows }: Batch): boolean => state !== 'finished' && run !== 'cancelled' && rows > 0;

export const overviewJson = ({ line, batches, dead, spentMicro, limits }: OverviewFacts) => ({
  line: lineJson(line),
  limits: {
    slots: limits.slots,
    submits_per_second: limits.submitsPerSecond,
    price_per_image: amount(limits.pricePerImage),
    currency: limits.currency,
  },
  spent_today: Object.entries(spentMicro).map(([currency, micro]) => ({ currency, amount: amount(micro) })),
  at_work: batches.filter(isAtWork).slice(0, BATCHES_SHOWN_MAX).map(batchJson),
  recent: batches
    .filter((batch) => !isAtWork(batch))
    .slice(0, 5)
    .map(batchJson),
  dead_letters: {
    total: Object.values(dead).reduce((sum, count) => sum + count, 0),
    codes: Object.entries(dead)
      .sort(([a, some], [b, others]) => others - some || (a < b ? -1 : 1))
      .map(([code, count]) => ({ code, count, ...explain(code) })),
  },
});
