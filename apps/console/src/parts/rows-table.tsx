// The rows of a batch with one status, a page at a time, however many there are.
import { api, ask, type Batch, type Row } from '../api/client.ts';
import { useLoaded } from '../api/use-loaded.ts';
import { go, href, route } from '../route.ts';
import { number, t, time } from '../text/locale.ts';
import { CodeFilter } from './code-filter.tsx';
import { Busy, ErrorNote } from './notice.tsx';
import { SHOWN } from './progress-bar.tsx';

type Status = (typeof SHOWN)[number];

/** Rows of these have a code that says why. */
const WITH_CODE: readonly Status[] = ['dead_lettered', 'in_doubt'];

const rowLink = ({ id, batch, status }: Row): string | null =>
  status === 'dead_lettered'
    ? href(['dead-letters', id])
    : status === 'delivered'
      ? href(['gallery', batch, id])
      : null;

const RowLine = ({ row }: { row: Row }) => {
  const link = rowLink(row);
  return (
    <tr>
      <th scope="row">{link === null ? row.custom_id : <a href={link}>{row.custom_id}</a>}</th>
      <td class="word">{t(row.status)}</td>
      <td>
        {row.code !== null && <code>{row.code}</code>} {row.message}
      </td>
      <td class="when" data-label={t('when')}>
        {time(row.at)}
      </td>
    </tr>
  );
};

export const RowsTable = ({ batch }: { batch: Batch }) => {
  const present = SHOWN.filter((status) => (batch.counts[status] ?? 0) > 0);
  const wanted = route.value.query.get('status') as Status | null;
  const status = wanted ?? (present.includes('dead_lettered') ? 'dead_lettered' : (present[0] ?? 'accepted'));
  const code = route.value.query.get('code') ?? '';
  const cursor = route.value.query.get('cursor');
  const own = ['batches', batch.name];
  const query = {
    status,
    limit: 50,
    ...(code === '' ? {} : { code }),
    ...(cursor === null ? {} : { cursor }),
  };
  const params = { path: { batch: batch.name }, query };
  // While somebody looks at the first page it follows what happens.
  const version = cursor === null ? batch.counts[status] : '';
  const { data, error, loading, reload } = useLoaded(`${JSON.stringify(params)} ${version}`, () =>
    ask(api.GET('/v1/batches/{batch}/rows', { params })),
  );
  return (
    <section aria-labelledby="rows">
      <h2 id="rows">{t('rowsBy')}</h2>
      <nav class="tabs" aria-label={t('status')}>
        {present.map((each) => (
          <a key={each} href={href(own, { status: each })} aria-current={each === status ? 'true' : undefined}>
            {t(each)} {number(batch.counts[each] ?? 0)}
          </a>
        ))}
      </nav>
      {WITH_CODE.includes(status) && (
        <CodeFilter code={code} choose={(next) => go(href(own, { status, code: next }))} />
      )}
      {error !== null && <ErrorNote error={error} retry={reload} />}
      {data === null ? (
        <Busy />
      ) : (
        <table class="cards" aria-busy={loading}>
          <thead>
            <tr>
              <th scope="col">{t('name')}</th>
              <th scope="col">{t('status')}</th>
              <th scope="col">{t('reason')}</th>
              <th scope="col">{t('when')}</th>
            </tr>
          </thead>
          <tbody>
            {data.data.map((row) => (
              <RowLine key={row.id} row={row} />
            ))}
          </tbody>
        </table>
      )}
      {data?.data.length === 0 && <p class="quiet">{t(data.next_cursor === null ? 'noRows' : 'noneSoFar')}</p>}
      <nav class="pages" aria-label={t('more')}>
        {cursor !== null && <a href={href(own, { status, code })}>{t('firstPage')}</a>}
        {data !== null && data.next_cursor !== null && (
          <a href={href(own, { status, code, cursor: data.next_cursor })}>{t('nextPage')}</a>
        )}
      </nav>
    </section>
  );
};
