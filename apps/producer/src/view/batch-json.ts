// A batch as the outside sees it: names as in requests, times as ISO 8601, money as exact decimals.
import { type Batch, unfinishedRows } from '@outpaint/shared/batch/batch';
import { formatMoney, type MoneyMicro } from '@outpaint/shared/contract/money';
import { rowsAtWork } from './ending.ts';

const time = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());
/** `0.18`: a text, since a JSON number is read as a fraction in binary. */
const amount = (micro: MoneyMicro): string => formatMoney(micro, '').trim();
const amountOrNull = (micro: MoneyMicro | null): string | null => (micro === null ? null : amount(micro));

export const batchJson = (batch: Batch) => ({
  name: batch.name,
  state: batch.state,
  run: batch.run,
  paused_by: batch.pausedBy,
  rows: batch.rows,
  counts: batch.counts,
  unfinished: unfinishedRows(batch),
  at_work: rowsAtWork(batch),
  held: batch.held,
  currency: batch.currency,
  spent: amount(batch.spentMicro),
  reserved: amount(batch.reservedMicro),
  budget: amountOrNull(batch.budgetMicro),
  failures_max: batch.failuresMax,
  failures_percent: batch.failuresPercent,
  created_at: time(batch.createdAt),
  sealed_at: time(batch.sealedAt),
  finished_at: time(batch.finishedAt),
  reported_at: time(batch.reportedAt),
  expired: batch.expired,
  priority: batch.weight ?? 1,
  not_before: time(batch.notBefore ?? null),
  not_after: time(batch.notAfter ?? null),
});
