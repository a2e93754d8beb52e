// All batches, newest first, a page at a time.
import { api, ask } from '../api/client.ts';
import { useLoaded } from '../api/use-loaded.ts';
import { BatchTable } from '../parts/batch-table.tsx';
import { Busy, ErrorNote } from '../parts/notice.tsx';
import { href, route } from '../route.ts';
import { t } from '../text/locale.ts';

export const BatchesPage = () => {
  const cursor = route.value.query.get('cursor') ?? undefined;
  const { data, error, reload } = useLoaded(`batches ${cursor}`, () =>
    ask(api.GET('/v1/batches', { params: { query: { limit: 50, ...(cursor === undefined ? {} : { cursor }) } } })),
  );
  if (error !== null) return <ErrorNote error={error} retry={reload} />;
  if (data === null) return <Busy />;
  return (
    <>
      <h1>{t('batches')}</h1>
      {data.data.length === 0 ? <p class="quiet">{t('noBatches')}</p> : <BatchTable batches={data.data} />}
      <nav class="pages" aria-label={t('more')}>
        {cursor !== undefined && <a href={href(['batches'])}>{t('firstPage')}</a>}
        {data.next_cursor !== null && <a href={href(['batches'], { cursor: data.next_cursor })}>{t('nextPage')}</a>}
      </nav>
    </>
  );
};
