// Batches as a list: how far, what they cost, when they will be through.
import type { Batch } from '../api/client.ts';
import { href } from '../route.ts';
import { money, number, t, time } from '../text/locale.ts';
import { BatchState } from './batch-state.tsx';
import { doneOf, ProgressBar } from './progress-bar.tsx';

export const spentText = (batch: Batch): string =>
  batch.budget === null
    ? money(batch.spent, batch.currency)
    : t('spentOf', { spent: money(batch.spent, batch.currency), budget: money(batch.budget, batch.currency) });

/** `left` says how long a batch will still take, where that is known. */
export const BatchTable = ({ batches, left }: { batches: readonly Batch[]; left?: (batch: Batch) => string }) => (
  <table class="cards">
    <thead>
      <tr>
        <th scope="col">{t('batch')}</th>
        <th scope="col">{t('state')}</th>
        <th scope="col">{t('progress')}</th>
        <th scope="col" class="num">
          {t('rows')}
        </th>
        <th scope="col" class="num">
          {t('spent')}
        </th>
        <th scope="col">{left === undefined ? t('created') : t('eta')}</th>
      </tr>
    </thead>
    <tbody>
      {batches.map((batch) => (
        <tr key={batch.name}>
          <th scope="row">
            <a href={href(['batches', batch.name])}>{batch.name}</a>
          </th>
          <td>
            <BatchState batch={batch} />
          </td>
          <td>
            <ProgressBar batch={batch} />
          </td>
          <td class="num" data-label={t('rows')}>
            {t('rowsDone', { done: number(doneOf(batch)), rows: number(batch.rows) })}
          </td>
          <td class="num" data-label={t('spent')}>
            {spentText(batch)}
          </td>
          <td data-label={left === undefined ? t('created') : t('eta')}>
            {left === undefined ? time(batch.created_at) : left(batch)}
          </td>
        </tr>
      ))}
    </tbody>
  </table>
);
