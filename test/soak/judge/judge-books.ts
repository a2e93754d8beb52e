// The judge of a batch's books: counters and money against a full count. Pure.
import type { Batch } from '@outpaint/shared/batch/batch';
import type { ExpansionRecord } from '@outpaint/shared/lifecycle/record';
import { STATUSES } from '@outpaint/shared/lifecycle/status';

export const PRICE_MICRO = 180_000;

/** A sentence for each sum that is wrong. */
export const judgeBooks = (batch: Batch, records: readonly ExpansionRecord[]): string[] => {
  const count = (is: (record: ExpansionRecord) => boolean): number => records.filter(is).length;
  const wrong = STATUSES.flatMap((status) => {
    const counted = count((record) => record.status === status);
    return counted === batch.counts[status]
      ? []
      : [`the counter of ${status} says ${batch.counts[status]}, a count ${counted}`];
  });
  const reserved = count(({ status }) => ['in_doubt', 'submitting', 'submitted'].includes(status)) * PRICE_MICRO;
  const spent = count(({ billed }) => billed !== 'no') * PRICE_MICRO;
  return [
    ...wrong,
    ...(records.length === batch.rows ? [] : [`the batch has ${batch.rows} rows, a count ${records.length}`]),
    ...(batch.reservedMicro === reserved ? [] : [`reserved is ${batch.reservedMicro}, a count gives ${reserved}`]),
    ...(batch.spentMicro === spent ? [] : [`spent is ${batch.spentMicro}, a count gives ${spent}`]),
  ];
};
