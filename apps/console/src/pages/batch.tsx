// One batch: how it stands, what can be done with it, and its rows.
import { useState } from 'preact/hooks';
import { api, ask, type Batch, Refusal } from '../api/client.ts';
import { useLive } from '../api/use-live.ts';
import { useLoaded } from '../api/use-loaded.ts';
import { BatchActions } from '../parts/batch-actions.tsx';
import { BatchState } from '../parts/batch-state.tsx';
import { spentText } from '../parts/batch-table.tsx';
import { CourseChart } from '../parts/course-chart.tsx';
import { Fact } from '../parts/fact.tsx';
import { Busy, ErrorNote, Reconnecting } from '../parts/notice.tsx';
import { doneOf, ProgressBar } from '../parts/progress-bar.tsx';
import { ratePerSecond, useSamples } from '../parts/rate-of.ts';
import { ReportLinks } from '../parts/report-links.tsx';
import { RowsTable } from '../parts/rows-table.tsx';
import { duration, money, number, t, time } from '../text/locale.ts';

/** Over the life of a batch that has ended; null where that took no time. */
const averagePerSecond = (batch: Batch): number | null => {
  const ms = Date.parse(batch.finished_at ?? '') - Date.parse(batch.created_at ?? '');
  return ms > 0 ? (doneOf(batch) * 1_000) / ms : null;
};

const Figures = ({ batch }: { batch: Batch }) => {
  const now = Math.floor(Date.now() / 1_000) * 1_000;
  const samples = useSamples(batch.name, doneOf(batch), now);
  const atWork = useSamples(`${batch.name} at work`, batch.at_work, now);
  const rate = ratePerSecond(samples);
  const ended = batch.state === 'finished' && batch.finished_at !== null;
  const average = ended ? averagePerSecond(batch) : rate;
  const limit = batch.failures_max ?? (batch.failures_percent === null ? null : `${batch.failures_percent} %`);
  return (
    <>
      <dl class="facts">
        <Fact name={t('state')}>
          <BatchState batch={batch} />
        </Fact>
        <Fact name={t('rows')}>{t('rowsDone', { done: number(doneOf(batch)), rows: number(batch.rows) })}</Fact>
        <Fact name={t('spent')} note={batch.budget === null ? t('noBudget') : null}>
          {spentText(batch)}
        </Fact>
        <Fact name={t('tasksAtWork')}>{number(batch.at_work)}</Fact>
        <Fact name={t('throughput')} note={t(ended ? 'overItsLife' : 'sinceOpened')}>
          {average === null ? '–' : number(average * 60, 1)}
        </Fact>
        {ended ? (
          <Fact name={t('finishedAt')}>{time(batch.finished_at)}</Fact>
        ) : (
          <Fact name={t('eta')}>{rate === null || rate <= 0 ? '–' : duration(batch.unfinished / rate)}</Fact>
        )}
      </dl>
      <ProgressBar batch={batch} />
      <CourseChart batch={batch} atWork={ended ? [] : atWork} />
      <details>
        <summary>{t('settings')}</summary>
        <dl class="facts">
          <Fact name={t('budget')}>{batch.budget === null ? t('none') : money(batch.budget, batch.currency)}</Fact>
          <Fact name={t('failuresLimit')}>{limit ?? t('none')}</Fact>
          <Fact name={t('reserved')}>{money(batch.reserved, batch.currency)}</Fact>
          <Fact name={t('created')}>{time(batch.created_at)}</Fact>
          <Fact name={t('sealedAt')}>{time(batch.sealed_at)}</Fact>
          <Fact name={t('finishedAt')}>{time(batch.finished_at)}</Fact>
          <Fact name={t('priority')}>{number(batch.priority)}</Fact>
          <Fact name={t('runsFrom')}>{time(batch.not_before)}</Fact>
          <Fact name={t('runsUntil')}>{time(batch.not_after)}</Fact>
        </dl>
      </details>
    </>
  );
};

/** Events do not say why there are none: there may be no such batch, or nobody signed in any more. */
const WhyNothing = ({ name }: { name: string }) => {
  const { error } = useLoaded(`batch ${name}`, () =>
    ask(api.GET('/v1/batches/{batch}', { params: { path: { batch: name } } })),
  );
  return error instanceof Refusal ? <ErrorNote error={error} /> : <Reconnecting />;
};

export const BatchPage = ({ name }: { name: string }) => {
  const [round, setRound] = useState(0);
  const url = `/v1/batches/${encodeURIComponent(name)}/events`;
  const { data, connected } = useLive<Batch>(url, 'batch', round);
  if (data === null) return connected ? <Busy /> : <WhyNothing name={name} />;
  return (
    <>
      <h1>{name}</h1>
      {!connected && <Reconnecting />}
      <BatchActions batch={data} changed={() => setRound((before) => before + 1)} />
      <Figures batch={data} />
      <ReportLinks batch={data} />
      <RowsTable batch={data} />
    </>
  );
};
