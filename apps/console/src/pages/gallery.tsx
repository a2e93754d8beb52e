// What came out: before and after of one picture with a slider, and all delivered ones of a batch beside it.
import { useEffect, useState } from 'preact/hooks';
import { api, ask, type Row } from '../api/client.ts';
import { useLoaded } from '../api/use-loaded.ts';
import { CompareView } from '../parts/compare-view.tsx';
import { pictureUrl, thumbnailUrl } from '../parts/frame-view.tsx';
import { Busy, ErrorNote } from '../parts/notice.tsx';
import { go, href } from '../route.ts';
import { bytes, number, t } from '../text/locale.ts';

const PAGE_ROWS = 24;

const Choose = () => {
  const { data, error, reload } = useLoaded('gallery batches', () => ask(api.GET('/v1/batches')));
  if (error !== null) return <ErrorNote error={error} retry={reload} />;
  if (data === null) return <Busy />;
  const some = data.data.filter(({ counts }) => (counts.delivered ?? 0) > 0);
  return (
    <>
      <h1>{t('gallery')}</h1>
      <p class="quiet">{some.length === 0 ? t('noPictures') : t('chooseBatch')}</p>
      <ul class="codes">
        {some.map(({ name, counts }) => (
          <li key={name}>
            <a href={href(['gallery', name])}>
              <strong>{number(counts.delivered ?? 0)}</strong> {name}
            </a>
          </li>
        ))}
      </ul>
    </>
  );
};

const One = ({ row, before, after, close }: { row: Row; before: Row | null; after: Row | null; close: () => void }) => {
  const [zoomed, setZoomed] = useState(false);
  const to = (other: Row | null): void => {
    if (other !== null) go(href(['gallery', other.batch, other.id]));
  };
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement) return;
      if (event.key === 'ArrowLeft') to(before);
      else if (event.key === 'ArrowRight') to(after);
      else if (event.key === 'z') setZoomed((now) => !now);
      else if (event.key === 'Escape') close();
      else return;
      event.preventDefault();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  });
  const size = { width: number(row.width ?? 0), height: number(row.height ?? 0), bytes: bytes(row.bytes ?? 0) };
  return (
    <section aria-label={row.custom_id}>
      <h2>{row.custom_id}</h2>
      <CompareView key={row.id} row={row} zoomed={zoomed} />
      <div class="actions">
        <button type="button" disabled={before === null} onClick={() => to(before)}>
          {t('previous')}
        </button>
        <button type="button" disabled={after === null} onClick={() => to(after)}>
          {t('next')}
        </button>
        <button type="button" aria-pressed={zoomed} onClick={() => setZoomed(!zoomed)}>
          {t('zoom')}
        </button>
        <a href={pictureUrl(row.id, 'result')} download={row.output_key.split('/').at(-1)}>
          {t('download')}
        </a>
        <button type="button" onClick={close}>
          {t('close')}
        </button>
        <small>
          {t('size', size)} · {t('keysHint')}
        </small>
      </div>
    </section>
  );
};

const Delivered = ({ batch, id }: { batch: string; id: string | undefined }) => {
  const [cursors, setCursors] = useState<readonly string[]>([]);
  const cursor = cursors.at(-1);
  const query = { status: 'delivered' as const, limit: PAGE_ROWS, ...(cursor === undefined ? {} : { cursor }) };
  const { data, error, reload } = useLoaded(`gallery ${batch} ${cursor}`, () =>
    ask(api.GET('/v1/batches/{batch}/rows', { params: { path: { batch }, query } })),
  );
  if (error !== null) return <ErrorNote error={error} retry={reload} />;
  if (data === null) return <Busy />;
  const rows = data.data;
  const at = rows.findIndex((row) => row.id === id);
  const shown = rows[at];
  return (
    <>
      <h1>
        {t('gallery')}: {batch}
      </h1>
      {rows.length === 0 && <p class="quiet">{t('noPictures')}</p>}
      {shown !== undefined && (
        <One
          row={shown}
          before={rows[at - 1] ?? null}
          after={rows[at + 1] ?? null}
          close={() => go(href(['gallery', batch]))}
        />
      )}
      <ul class="grid">
        {rows.map((row) => (
          <li key={row.id}>
            <a href={href(['gallery', batch, row.id])} aria-current={row.id === id ? 'true' : undefined}>
              <img src={thumbnailUrl(row.id)} alt="" loading="lazy" decoding="async" />
              <span>{row.custom_id}</span>
            </a>
          </li>
        ))}
      </ul>
      <nav class="pages" aria-label={t('more')}>
        {cursors.length > 0 && (
          <button type="button" onClick={() => setCursors(cursors.slice(0, -1))}>
            {t('previous')}
          </button>
        )}
        {data.next_cursor !== null && (
          <button type="button" onClick={() => setCursors([...cursors, data.next_cursor ?? ''])}>
            {t('nextPage')}
          </button>
        )}
      </nav>
    </>
  );
};

export const GalleryPage = ({ batch, id }: { batch: string | undefined; id: string | undefined }) =>
  batch === undefined ? <Choose /> : <Delivered key={batch} batch={batch} id={id} />;
