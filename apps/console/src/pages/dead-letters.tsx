// The desk: dead letters grouped by code, with what it means and what helps; redriven one, some, or all of a code.
import { useEffect, useState } from 'preact/hooks';
import { api, ask, type DeadLetter, type Schemas } from '../api/client.ts';
import { may } from '../api/session.ts';
import { useLoaded } from '../api/use-loaded.ts';
import { Busy, ErrorNote } from '../parts/notice.tsx';
import { RedriveNote, redrive } from '../parts/redrive.tsx';
import { href, route } from '../route.ts';
import { money, number, t, time } from '../text/locale.ts';

type Overview = Schemas['Overview'];

const Codes = ({ overview, code, batch }: { overview: Overview; code: string; batch: string }) => (
  <ul class="codes">
    {overview.dead_letters.codes.map((each) => (
      <li key={each.code}>
        <a
          href={href(['dead-letters'], { code: each.code, batch })}
          aria-current={each.code === code ? 'true' : undefined}
        >
          <strong>{number(each.count)}</strong> <code>{each.code}</code>
        </a>
        <small>
          {each.meaning} {each.remedy}
        </small>
      </li>
    ))}
    {code !== '' && (
      <li>
        <a href={href(['dead-letters'], { batch })}>{t('allCodes')}</a>
      </li>
    )}
  </ul>
);

interface ListProps {
  readonly letters: readonly DeadLetter[];
  readonly chosen: ReadonlySet<string>;
  readonly choose: (next: ReadonlySet<string>) => void;
}

/** Beside the buttons, where it is seen on a phone as well. */
const ChooseAll = ({ letters, chosen, choose }: ListProps) => {
  const all = letters.every(({ id }) => chosen.has(id));
  return (
    <label class="tick">
      <input
        type="checkbox"
        checked={all}
        onChange={() => choose(all ? new Set() : new Set(letters.map(({ id }) => id)))}
      />
      {t('selectAll')}
    </label>
  );
};

const Letters = ({ letters, chosen, choose }: ListProps) => {
  const toggle = (id: string): void => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    choose(next);
  };
  return (
    <table class="cards">
      <thead>
        <tr>
          <td class="pick" />
          <th scope="col">{t('name')}</th>
          <th scope="col">{t('batch')}</th>
          <th scope="col">{t('reason')}</th>
          <th scope="col">{t('when')}</th>
        </tr>
      </thead>
      <tbody>
        {letters.map((letter) => (
          <tr key={letter.id}>
            <td class="pick">
              <input
                type="checkbox"
                aria-label={t('select', { name: letter.custom_id ?? letter.id })}
                checked={chosen.has(letter.id)}
                onChange={() => toggle(letter.id)}
              />
            </td>
            <th scope="row">
              <a href={href(['dead-letters', letter.id])}>{letter.custom_id ?? letter.id}</a>
            </th>
            <td>{letter.batch}</td>
            <td>
              <code>{letter.code}</code> {letter.message}
            </td>
            <td class="when" data-label={t('when')}>
              {time(letter.dead_at)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
};

export const DeadLettersPage = () => {
  const { query } = route.value;
  const [code, batch, cursor] = ['code', 'batch', 'cursor'].map((name) => query.get(name) ?? '') as [
    string,
    string,
    string,
  ];
  const filter = { ...(code === '' ? {} : { code }), ...(batch === '' ? {} : { batch }) };
  const overview = useLoaded('overview', () => ask(api.GET('/v1/overview')));
  const wish = { limit: 50, ...filter, ...(cursor === '' ? {} : { cursor }) };
  const list = useLoaded(`letters ${code} ${batch} ${cursor}`, () =>
    ask(api.GET('/v1/dead-letters', { params: { query: wish } })),
  );
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [payAgain, setPayAgain] = useState(false);
  // What is no longer seen is no longer chosen, and nobody has said that it may be paid for again.
  useEffect(() => {
    setChosen(new Set());
    setPayAgain(false);
  }, [code, batch, cursor]);
  const [answer, setAnswer] = useState<Schemas['RedriveAnswer'] | null>(null);
  const [error, setError] = useState<Error | null>(null);
  const act = (work: () => Promise<Schemas['RedriveAnswer']>): void => {
    setError(null);
    work().then((done) => {
      setAnswer(done);
      setChosen(new Set());
      overview.reload();
      list.reload();
    }, setError);
  };
  const failed = overview.error ?? list.error;
  if (failed !== null)
    return <ErrorNote error={failed} retry={overview.error === null ? list.reload : overview.reload} />;
  if (overview.data === null || list.data === null) return <Busy />;
  const { limits } = overview.data;
  return (
    <>
      <h1>{t('deadLetters')}</h1>
      {overview.data.dead_letters.total === 0 && <p class="quiet">{t('noDead')}</p>}
      {batch !== '' && (
        <p>
          {t('ofBatch', { batch })} <a href={href(['dead-letters'], { code })}>{t('allBatches')}</a>
        </p>
      )}
      <Codes overview={overview.data} code={code} batch={batch} />
      {answer !== null && <RedriveNote answer={answer} batch={null} />}
      {error !== null && <ErrorNote error={error} />}
      {may('operate') && list.data.data.length > 0 && (
        <div class="actions">
          <ChooseAll letters={list.data.data} chosen={chosen} choose={setChosen} />
          <button
            type="button"
            disabled={chosen.size === 0}
            onClick={() => act(() => redrive({ ids: [...chosen] }, payAgain))}
          >
            {t('redriveSelected', { n: number(chosen.size) })}
          </button>
          {code !== '' && (
            <button type="button" onClick={() => act(() => redrive(filter, payAgain))}>
              {t('redriveAll')}
            </button>
          )}
          <label class="tick">
            <input type="checkbox" checked={payAgain} onChange={(event) => setPayAgain(event.currentTarget.checked)} />
            {t('payAgain')}
          </label>
          {payAgain && (
            <p class="warn">{t('payAgainSure', { price: money(limits.price_per_image, limits.currency) })}</p>
          )}
        </div>
      )}
      <Letters letters={list.data.data} chosen={chosen} choose={setChosen} />
      <nav class="pages" aria-label={t('more')}>
        {cursor !== '' && <a href={href(['dead-letters'], filter)}>{t('firstPage')}</a>}
        {list.data.next_cursor !== null && (
          <a href={href(['dead-letters'], { ...filter, cursor: list.data.next_cursor })}>{t('nextPage')}</a>
        )}
      </nav>
    </>
  );
};
