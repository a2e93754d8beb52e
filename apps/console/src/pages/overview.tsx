// What is running, what it costs, and what needs a person: live.
import { useState } from 'preact/hooks';
import { api, ask, type Overview } from '../api/client.ts';
import { may } from '../api/session.ts';
import { useLive } from '../api/use-live.ts';
import { BatchTable } from '../parts/batch-table.tsx';
import { Fact } from '../parts/fact.tsx';
import { Busy, ErrorNote, Reconnecting } from '../parts/notice.tsx';
import { href } from '../route.ts';
import { money, number, t, time } from '../text/locale.ts';

export const overviewUrl = (): string => `/v1/overview/events?utc_offset=${-new Date().getTimezoneOffset()}`;

const LineState = ({ line }: { line: Overview['line'] }) => {
  const [error, setError] = useState<Error | null>(null);
  if (line.state === 'running') return null;
  return (
    <section class="warn" aria-label={t('line')}>
      <p>
        <strong>{t('haltedSince', { time: time(line.since), message: line.message ?? '' })}</strong> {line.remedy}
      </p>
      {line.redis_went_back !== null && <p>{t('wentBack')}</p>}
      {line.next_probe_at !== null && <p>{t('nextProbe', { time: time(line.next_probe_at) })}</p>}
      {may('operate') && (
        <button type="button" onClick={() => ask(api.POST('/v1/line/resume')).catch(setError)}>
          {t('openLine')}
        </button>
      )}
      {error !== null && <ErrorNote error={error} />}
    </section>
  );
};

const cutText = (limit: Overview['line']['throttled']['slots']): string | null =>
  limit === null ? null : t('throttledTo', { n: number(limit.in_force, 1), of: number(limit.of, 1), code: limit.code });

/** A few tasks more than there are slots wait upstream, so that none of these stands idle. */
const beyondText = (tasks: number, slots: number): string | null =>
  tasks > slots ? t('tasksBeyond', { n: number(tasks - slots) }) : null;

const Figures = ({ overview: { line, limits, spent_today: spent } }: { overview: Overview }) => (
  <dl class="facts">
    <Fact name={t('line')}>
      <span class={`state ${line.state === 'running' ? 'go' : 'stop'}`}>{t(line.state)}</span>
    </Fact>
    <Fact name={t('slots')} note={cutText(line.throttled.slots) ?? beyondText(line.slots_in_use, limits.slots)}>
      {t('slotsOf', { n: number(Math.min(line.slots_in_use, limits.slots)), of: number(limits.slots) })}
    </Fact>
    <Fact name={t('pace')} note={cutText(line.throttled.submit_rate)}>
      {number(line.throttled.submit_rate?.in_force ?? limits.submits_per_second, 2)}
    </Fact>
    <Fact name={t('spentToday')} note={t('perPicture', { price: money(limits.price_per_image, limits.currency) })}>
      {spent.length === 0
        ? money('0', limits.currency)
        : spent.map(({ amount, currency }) => money(amount, currency)).join(' + ')}
    </Fact>
    <Fact name={t('undelivered')}>{number(line.undelivered)}</Fact>
    <Fact name={t('retriesWaiting')}>{number(line.retries_waiting)}</Fact>
    <Fact
      name={t('doubts')}
      note={
        line.in_doubt === 0
          ? null
          : `${t('doubtsText', { waiting: line.doubts.waiting, held: line.doubts.held })} ${line.doubts.held > 0 ? t('doubtsHow') : ''}`
      }
    >
      {number(line.in_doubt)}
    </Fact>
  </dl>
);

const DeadByCode = ({ dead }: { dead: Overview['dead_letters'] }) =>
  dead.codes.length === 0 ? (
    <p class="quiet">{t('noDead')}</p>
  ) : (
    <ul class="codes">
      {dead.codes.map(({ code, count, meaning }) => (
        <li key={code}>
          <a href={href(['dead-letters'], { code })}>
            <strong>{number(count)}</strong> <code>{code}</code>
          </a>
          <small>{meaning}</small>
        </li>
      ))}
    </ul>
  );

export const OverviewPage = () => {
  const { data, connected } = useLive<Overview>(overviewUrl(), 'overview');
  if (data === null) return connected ? <Busy /> : <Reconnecting />;
  return (
    <>
      <h1>{t('overview')}</h1>
      {!connected && <Reconnecting />}
      <LineState line={data.line} />
      <Figures overview={data} />
      <h2>{t('atWork')}</h2>
      {data.at_work.length === 0 ? (
        <p class="quiet">{t('nothingAtWork')}</p>
      ) : (
        <BatchTable batches={data.at_work} left />
      )}
      <h2>{t('deadLetters')}</h2>
      <DeadByCode dead={data.dead_letters} />
      {data.recent.length > 0 && (
        <>
          <h2>{t('recent')}</h2>
          <BatchTable batches={data.recent} />
        </>
      )}
    </>
  );
};
