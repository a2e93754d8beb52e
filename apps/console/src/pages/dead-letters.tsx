// The desk: dead letters grouped by code, with what it means and what helps; redriven one, some, or all of a code.
import { useState } from 'preact/hooks';
import { api, ask, type DeadLetter, type Schemas } from '../api/client.ts';
import { may } from '../api/session.ts';
import { useLoaded } from '../api/use-loaded.ts';
import { Busy, ErrorNote } from '../parts/notice.tsx';
import { RedriveNote, redrive } from '../parts/redrive.tsx';
import { go, href, route } from '../route.ts';
import { money, number, t, time } from '../text/locale.ts';

type Overview = Schemas['Overview'];

const Codes = ({ overview, code }: { overview: Overview; code: string }) => (
  <ul class="codes">
    {overview.dead_letters.codes.map((each) => (
      <li key={each.code}>
        <a href={href(['dead-letters'], { code: each.code })} aria-current={each.code === code ? 'true' : undefined}>
          <strong>{number(each.count)}</strong> <code>{each.code}</code>
        </a>
        <small>
          {each.meaning} {each.remedy}
        </small>
      </li>
    ))}
  </ul>
);

interface ListProps {
  readonly letters: readonly DeadLetter[];
  readonly chosen: ReadonlySet<string>;
  readonly choose: (next: ReadonlySet<string>) => void;
}

const Letters = ({ letters, chosen, choose }: ListProps) => {
  const all = letters.length > 0 && letters.every(({ id }) => chosen.has(id));
  const toggle = (id: string): void => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    choose(next);
  };
  return (
    <table class="cards">
      <thead>
        <tr>
          <th scope="col">
            <input
              type="checkbox"
              aria-label={t('selectAll')}
              checked={all}
              onChange={() => choose(all ? new Set() : new Set(letters.map(({ id }) => id)))}
            />
          </th>
          <th scope="col">{t('name')}</th>
          <th scope="col">{t('batch')}</th>
          <th scope="col">{t('reason')}</th>
          <th scope="col">{t('when')}</th>
        </tr>
      </thead>
      <tbody>
        {letters.map((letter) => (
          <tr key={letter.id}>
            <td>
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
            <td data-label={t('when')}>{time(letter.dead_at)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
};

export const DeadLettersPage = () => {
  const { query } = route.value;
  const [code, cursor] = [query.get('code') ?? '', query.get('cursor') ?? ''];
  const overview = useLoaded('overview', () => ask(api.GET('/v1/overview')));
  const wish = { limit: 50, ...(code === '' ? {} : { code }), ...(cursor === '' ? {} : { cursor }) };
  const list = useLoaded(`letters ${code} ${cursor}`, () =>
    ask(api.GET('/v1/dead-letters', { params: { query: wish } })),
  );
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [payAgain, setPayAgain] = useState(false);
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
  if (failed !== null) return <ErrorNote error={failed} retry={list.reload} />;
  if (overview.data === null || list.data === null) return <Busy />;
  const { limits } = overview.data;
  return (
    <>
      <h1>{t('deadLetters')}</h1>
      {overview.data.dead_letters.total === 0 && <p class="quiet">{t('noDead')}</p>}
      <Codes overview={overview.data} code={code} />
      {answer !== null && <RedriveNote answer={answer} batch={null} />}
      {error !== null && <ErrorNote error={error} />}
      {may('operate') && list.data.data.length > 0 && (
        <div class="actions">
          <button
            type="button"
            disabled={chosen.size === 0}
            onClick={() => act(() => redrive({ ids: [...chosen] }, payAgain))}
          >
            {t('redriveSelected', { n: chosen.size })}
          </button>
          {code !== '' && (
            <button type="button" onClick={() => act(() => redrive({ code }, payAgain))}>
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
        {(code !== '' || cursor !== '') && (
          <button type="button" onClick={() => go(href(['dead-letters']))}>
            {t('firstPage')}
          </button>
        )}
        {list.data.next_cursor !== null && (
          <a href={href(['dead-letters'], { code, cursor: list.data.next_cursor })}>{t('nextPage')}</a>
        )}
      </nav>
    </>
  );
};
