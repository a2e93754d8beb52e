// The frame of every page: where one can go, the language, and who sits here.
import { useEffect, useState } from 'preact/hooks';
import { lookWhoIsHere, may, session, signOut } from './api/session.ts';
import { BatchPage } from './pages/batch.tsx';
import { BatchesPage } from './pages/batches.tsx';
import { DeadLetterPage } from './pages/dead-letter.tsx';
import { DeadLettersPage } from './pages/dead-letters.tsx';
import { GalleryPage } from './pages/gallery.tsx';
import { NewBatchPage } from './pages/new-batch.tsx';
import { OverviewPage } from './pages/overview.tsx';
import { SchedulesPage } from './pages/schedules.tsx';
import { SignInPage } from './pages/sign-in.tsx';
import { Busy, ErrorNote } from './parts/notice.tsx';
import { href, route } from './route.ts';
import type { TextKey } from './text/en.ts';
import { LANGUAGES, type Language, language, t } from './text/locale.ts';

const PAGES: readonly { page: string; text: TextKey }[] = [
  { page: '', text: 'overview' },
  { page: 'batches', text: 'batches' },
  { page: 'gallery', text: 'gallery' },
  { page: 'dead-letters', text: 'deadLetters' },
  { page: 'new-batch', text: 'newBatch' },
  { page: 'schedules', text: 'schedules' },
];

const Page = () => {
  const { page, parts } = route.value;
  if (page === '') return <OverviewPage />;
  if (page === 'batches')
    return parts[0] === undefined ? <BatchesPage /> : <BatchPage key={parts[0]} name={parts[0]} />;
  if (page === 'dead-letters')
    return parts[0] === undefined ? <DeadLettersPage /> : <DeadLetterPage key={parts[0]} id={parts[0]} />;
  if (page === 'gallery') return <GalleryPage batch={parts[0]} id={parts[1]} />;
  if (page === 'new-batch') return <NewBatchPage />;
  if (page === 'schedules') return <SchedulesPage />;
  return <p>{t('notFound')}</p>;
};

const LanguageChoice = () => (
  <label class="language">
    <span class="hidden">{t('language')}</span>
    <select
      value={language.value}
      onChange={(event) => {
        language.value = event.currentTarget.value as Language;
      }}
    >
      {Object.entries(LANGUAGES).map(([tag, name]) => (
        <option key={tag} value={tag} lang={tag}>
          {name}
        </option>
      ))}
    </select>
  </label>
);

const Header = () => (
  <header>
    <button type="button" class="skip" onClick={() => document.getElementById('content')?.focus()}>
      {t('skip')}
    </button>
    <a class="brand" href={href([])}>
      {t('title')}
    </a>
    {session.value && (
      <nav aria-label={t('menu')}>
        {PAGES.map(({ page, text }) => (
          <a
            key={page}
            href={href(page === '' ? [] : [page])}
            aria-current={route.value.page === page ? 'page' : undefined}
          >
            {t(text)}
          </a>
        ))}
        {may('operate') && session.value.batch_prefix === '' && <a href="/queues">{t('queues')}</a>}
        <a href="/docs">{t('apiReference')}</a>
      </nav>
    )}
    <div class="who">
      <LanguageChoice />
      {session.value?.by_token && (
        <button type="button" onClick={() => void signOut()} title={t('signedInAs', { name: session.value.name })}>
          {t('signOut')}
        </button>
      )}
    </div>
  </header>
);

export const App = () => {
  const [error, setError] = useState<Error | null>(null);
  const look = (): void => {
    setError(null);
    lookWhoIsHere().catch(setError);
  };
  useEffect(look, []);
  const { page, parts } = route.value;
  const name = t(PAGES.find((each) => each.page === page)?.text ?? 'notFound');
  // Of several tabs one sees which is which.
  const title = [t('title'), name, ...(page === 'dead-letters' ? [] : parts.slice(0, 1))].join(' – ');
  useEffect(() => {
    document.title = title;
  }, [title]);
  return (
    <>
      <Header />
      <main id="content" tabIndex={-1}>
        {error !== null && <ErrorNote error={error} retry={look} />}
        {session.value === undefined && error === null && <Busy />}
        {session.value === null && <SignInPage />}
        {session.value && may('read') && <Page />}
      </main>
    </>
  );
};
