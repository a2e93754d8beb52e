// What came out: before and after of one picture with a slider, and all delivered ones of a batch beside it.
import { useRef, useState } from 'preact/hooks';
import { api, ask, type Row } from '../api/client.ts';
import { useLoaded } from '../api/use-loaded.ts';
import { thumbnailUrl } from '../parts/frame-view.tsx';
import { Busy, ErrorNote } from '../parts/notice.tsx';
import { PictureView } from '../parts/picture-view.tsx';
import { type Shown, shownOf } from '../parts/shown-picture.ts';
import { useSteps } from '../parts/use-steps.ts';
import { go, href, route } from '../route.ts';
import { number, t } from '../text/locale.ts';

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

const pageOf = (batch: string, cursor: string) => {
  const query = { status: 'delivered' as const, limit: PAGE_ROWS, ...(cursor === '' ? {} : { cursor }) };
  return ask(api.GET('/v1/batches/{batch}/rows', { params: { path: { batch }, query } }));
};

/** A link may name a picture of any page: then it is asked for by itself. */
const pictureOf = async (id: string): Promise<Shown | null> =>
  shownOf(await ask(api.GET('/v1/expansions/{id}', { params: { path: { id } } })));

const Grid = ({ rows, id, link }: { rows: readonly Row[]; id: string | undefined; link: (row: Row) => string }) => (
  <ul class="grid">
    {rows.map((row) => (
      <li key={row.id}>
        <a href={link(row)} aria-current={row.id === id ? 'true' : undefined}>
          <img src={thumbnailUrl(row.id)} alt="" loading="lazy" decoding="async" />
          <span>{row.custom_id}</span>
        </a>
      </li>
    ))}
  </ul>
);

const Delivered = ({ batch, id }: { batch: string; id: string | undefined }) => {
  const cursor = route.value.query.get('cursor') ?? '';
  const [walked, setTrail] = useState<readonly string[]>([]);
  /** Cursors of the pages before this one, as far as one came through them; the browser's own buttons go back as well. */
  const trail = walked.includes(cursor) ? walked.slice(0, walked.indexOf(cursor)) : walked;
  const before = trail.at(-1);
  const [failed, setFailed] = useState<Error | null>(null);
  const [turning, setTurning] = useState(false);
  const seen = useRef<Shown | null>(null);
  /** The page that was turned to: it is there already when its address is. */
  const ahead = useRef<{ readonly of: string; readonly page: ReturnType<typeof pageOf> } | null>(null);
  const page = useLoaded(`gallery ${batch} ${cursor}`, () => {
    const known = ahead.current;
    ahead.current = null;
    return known?.of === cursor ? known.page : pageOf(batch, cursor);
  });
  const rows = page.data?.data ?? [];
  const at = rows.findIndex((row) => row.id === id);
  const elsewhere = id !== undefined && at === -1 && !page.loading ? id : null;
  const other = useLoaded(`picture ${elsewhere}`, () =>
    elsewhere === null ? Promise.resolve(null) : pictureOf(elsewhere),
  );
  const again = (): void => {
    setFailed(null);
    page.reload();
    other.reload();
  };
  const next = page.data?.next_cursor ?? null;
  const to = (row: Row | undefined, of: string): void => go(href(['gallery', batch, row?.id ?? ''], { cursor: of }));
  /** Beyond an edge of the page lies the picture at the other edge of the page beside it. */
  const turn = (of: string, edge: 0 | -1, pages: readonly string[]): void => {
    setTurning(true);
    const coming = pageOf(batch, of);
    coming
      .then(({ data }) => {
        ahead.current = { of, page: coming };
        setTrail(pages);
        to(data.at(edge), of);
      }, setFailed)
      .finally(() => setTurning(false));
  };
  const toPrevious =
    at > 0
      ? () => to(rows[at - 1], cursor)
      : at === 0 && before !== undefined
        ? () => turn(before, -1, trail.slice(0, -1))
        : null;
  const toNext =
    at !== -1 && at < rows.length - 1
      ? () => to(rows[at + 1], cursor)
      : at !== -1 && next !== null
        ? () => turn(next, 0, [...trail, cursor])
        : null;
  const steps = useSteps(page.loading || turning, toPrevious, toNext);
  const error = page.error ?? other.error ?? failed;
  if (error !== null) return <ErrorNote error={error} retry={again} />;
  if (page.data === null) return <Busy />;
  const found = rows[at] ?? (other.data?.id === id ? other.data : null);
  // While the next one comes the last one stays, and with it the button that has the focus: one that is disabled loses it.
  seen.current = id === undefined ? null : (found ?? seen.current);
  const shown = seen.current;
  return (
    <>
      <h1>
        {t('gallery')}: {batch}
      </h1>
      {rows.length === 0 && <p class="quiet">{t('noPictures')}</p>}
      {shown !== null && (
        <PictureView
          row={shown}
          toPrevious={steps.toPrevious}
          toNext={steps.toNext}
          close={() => go(href(['gallery', batch], { cursor }))}
        />
      )}
      <Grid rows={rows} id={id} link={(row) => href(['gallery', batch, row.id], { cursor })} />
      <nav class="pages" aria-label={t('more')}>
        {cursor !== '' && (
          <a href={href(['gallery', batch])} onClick={() => setTrail([])}>
            {t('firstPage')}
          </a>
        )}
        {next !== null && (
          <a href={href(['gallery', batch], { cursor: next })} onClick={() => setTrail([...trail, cursor])}>
            {t('nextPage')}
          </a>
        )}
      </nav>
    </>
  );
};

export const GalleryPage = ({ batch, id }: { batch: string | undefined; id: string | undefined }) =>
  batch === undefined ? <Choose /> : <Delivered key={batch} batch={batch} id={id} />;
