// One dead letter: its picture, why it failed, what helps; edited with the frame in view, and redriven.
import type { Parameters } from '@outpaint/shared/contract/parameters';
import { useState } from 'preact/hooks';
import { api, ask, type Schemas } from '../api/client.ts';
import { may } from '../api/session.ts';
import { useLoaded } from '../api/use-loaded.ts';
import { Fact } from '../parts/fact.tsx';
import { FrameView, pictureUrl } from '../parts/frame-view.tsx';
import { Busy, ErrorNote } from '../parts/notice.tsx';
import { ParameterForm } from '../parts/parameter-form.tsx';
import { ParameterWords } from '../parts/parameter-words.tsx';
import { RedriveNote, redrive } from '../parts/redrive.tsx';
import { href } from '../route.ts';
import { t, time, word } from '../text/locale.ts';

type Letter = Schemas['DeadLetterDetail'];
const BILLED = { yes: 'billedYes', no: 'billedNo', maybe: 'billedMaybe' } as const;

const History = ({ letter }: { letter: Letter }) => (
  <details open>
    <summary>{t('history')}</summary>
    <ol class="history">
      {letter.history.map(({ at, event, status, detail }) => (
        <li key={`${at} ${event}`}>
          <time dateTime={at}>{time(at)}</time> <code>{event}</code> → {word(status)} <code>{detail}</code>
        </li>
      ))}
    </ol>
  </details>
);

const Facts = ({ letter }: { letter: Letter }) => (
  <>
    <p class="warn">
      <code>{letter.code}</code> {letter.message}
    </p>
    <dl class="facts wide">
      <Fact name={t('meaning')}>{letter.meaning}</Fact>
      <Fact name={t('remedy')}>{letter.remedy}</Fact>
    </dl>
    <dl class="facts">
      <Fact name={t('batch')}>
        <a href={href(['batches', letter.batch ?? ''])}>{letter.batch}</a>
      </Fact>
      <Fact name={t('stage')}>{word(letter.stage ?? '')}</Fact>
      <Fact name={t('attempts')}>{letter.attempts}</Fact>
      <Fact name={t('billed')}>{t(BILLED[letter.billed as keyof typeof BILLED] ?? 'unknown')}</Fact>
      <Fact name={t('when')}>{time(letter.dead_at)}</Fact>
    </dl>
  </>
);

/** A row that goes on with a paid picture is not edited: it would change nothing. */
const Desk = ({ letter, reload }: { letter: Letter; reload: () => void }) => {
  const [source, setSource] = useState(letter.request.source);
  const [parameters, setParameters] = useState(letter.request.parameters as Parameters);
  const [payAgain, setPayAgain] = useState(false);
  const [error, setError] = useState<Error | null>(null);
  const [said, setSaid] = useState<Schemas['RedriveAnswer'] | null>(null);
  const [saved, setSaved] = useState(false);
  const editable = letter.redrive.stage === 'submit' && may('operate');
  const changed =
    source !== letter.request.source || JSON.stringify(parameters) !== JSON.stringify(letter.request.parameters);
  const save = async (): Promise<void> => {
    const params = { path: { id: letter.id } };
    if (changed)
      await ask(api.PATCH('/v1/dead-letters/{id}', { params, body: { source, parameters: { ...parameters } } }));
    setSaved(true);
  };
  const act = (work: () => Promise<void>): void => {
    setError(null);
    work().catch(setError);
  };
  const view = (
    <FrameView
      url={pictureUrl(letter.id, 'source', letter.request.source)}
      name={letter.custom_id ?? ''}
      parameters={parameters}
    />
  );
  if (said !== null) return <RedriveNote answer={said} batch={letter.batch} />;
  return (
    <form
      class="desk"
      onSubmit={(event) => {
        event.preventDefault();
        act(async () => {
          await save();
          setSaid(await redrive({ ids: [letter.id] }, payAgain));
        });
      }}
    >
      {view}
      {!editable && <ParameterWords parameters={parameters} />}
      {editable && (
        <div>
          <label>
            {t('source')}
            <input
              type="text"
              value={source}
              spellcheck={false}
              onInput={(event) => setSource(event.currentTarget.value)}
            />
          </label>
          <ParameterForm parameters={parameters} change={setParameters} />
        </div>
      )}
      {may('operate') && (
        <div class="actions">
          {letter.redrive.reason !== null && (
            <label class="tick warn">
              <input
                type="checkbox"
                checked={payAgain}
                onChange={(event) => setPayAgain(event.currentTarget.checked)}
              />
              <span>
                {t('paysAgain')} {t('payAgain')}
              </span>
            </label>
          )}
          <button type="submit" class="primary" disabled={letter.redrive.reason !== null && !payAgain}>
            {t(changed ? 'saveAndRedrive' : 'redriveOne')}
          </button>
          {changed && (
            <button type="button" onClick={() => act(async () => save().then(reload))}>
              {t('saveEdit')}
            </button>
          )}
          <small>{t('redriveWhy')}</small>
          {saved && <p role="status">{t('saved')}</p>}
          {error !== null && <ErrorNote error={error} />}
        </div>
      )}
    </form>
  );
};

export const DeadLetterPage = ({ id }: { id: string }) => {
  const { data, error, reload } = useLoaded(`letter ${id}`, () =>
    ask(api.GET('/v1/dead-letters/{id}', { params: { path: { id } } })),
  );
  if (error !== null) return <ErrorNote error={error} retry={reload} />;
  if (data === null) return <Busy />;
  return (
    <>
      <h1>{data.custom_id}</h1>
      <Facts letter={data} />
      <Desk key={JSON.stringify(data.request)} letter={data} reload={reload} />
      <History letter={data} />
    </>
  );
};
