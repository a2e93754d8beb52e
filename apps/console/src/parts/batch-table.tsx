// Batches as a list: how far, what they cost, when they will be through.
import type { Batch } from '../api/client.ts';
import { href } from '../route.ts';
import { duration, money, number, t, time } from '../text/locale.ts';
import { BatchState } from './batch-state.tsx';
import { doneOf, ProgressBar } from './progress-bar.tsx';
import { ratePerSecond, useSamples } from './rate-of.ts';

export const spentText = (batch: Batch): string =>
  batch.budget === null
    ? money(batch.spent, batch.currency)
    : t('spentOf', { spent: money(batch.spent, batch.currency), budget: money(batch.budget, batch.currency) });

/** By how fast it went since the page was opened. */
const TimeLeft = ({ batch }: { batch: Batch }) => {
  const rate = ratePerSecond(useSamples(batch.name, doneOf(batch), Math.floor(Date.now() / 1_000) * 1_000));
  return <>{rate === null || rate <= 0 || batch.run !== 'running' ? '–' : duration(batch.unfinished / rate)}</>;
};

/** `left` shows how long each will still take in place of when it was made. */
export const BatchTable = ({ batches, left = false }: { batches: readonly Batch[]; left?: boolean }) => (
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
        <th scope="col">{t(left ? 'eta' : 'created')}</th>
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
          {left ? (
            <td data-label={t('eta')}>
              <TimeLeft batch={batch} />
            </td>
          ) : (
            <td class="when" data-label={t('created')}>
              {time(batch.created_at)}
            </td>
          )}
        </tr>
      ))}
    </tbody>
  </table>
);
