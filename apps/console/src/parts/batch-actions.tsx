// What a person may do with a batch.
import { useState } from 'preact/hooks';
import { api, ask, type Batch } from '../api/client.ts';
import { may } from '../api/session.ts';
import { href } from '../route.ts';
import { number, t } from '../text/locale.ts';
import { ErrorNote } from './notice.tsx';
import { redrive } from './redrive.tsx';

const BudgetForm = ({ batch, save }: { batch: Batch; save: (budget: string) => void }) => (
  <details class="inline-form">
    <summary>{t('raiseBudget')}</summary>
    <form
      onSubmit={(event) => {
        event.preventDefault();
        save(String(new FormData(event.currentTarget).get('budget') ?? ''));
      }}
    >
      <label>
        {t('newBudget', { currency: batch.currency })}
        <input name="budget" inputMode="decimal" pattern="\d+(\.\d+)?" defaultValue={batch.budget ?? ''} />
      </label>
      <small>{t('unlimited')}</small>
      <button type="submit">{t('save')}</button>
    </form>
  </details>
);

/** Asked twice, for it cannot be taken back. */
const CancelForm = ({ name, cancel }: { name: string; cancel: () => void }) => (
  <details class="inline-form">
    <summary>{t('cancel')}</summary>
    <p>{t('cancelSure', { name })}</p>
    <button type="button" onClick={cancel}>
      {t('cancel')}
    </button>
  </details>
);

/** `changed` is called when something was done, so that the page looks again. */
export const BatchActions = ({ batch, changed }: { batch: Batch; changed: () => void }) => {
  const [error, setError] = useState<Error | null>(null);
  const [said, setSaid] = useState('');
  const params = { path: { batch: batch.name } };
  const act = (work: () => Promise<unknown>): void => {
    setError(null);
    setSaid('');
    work().then(changed, setError);
  };
  const retry = async (): Promise<void> => {
    const { redriven, left } = await redrive({ batch: batch.name }, false);
    setSaid(t('retried', { redriven: number(redriven), left: number(left) }));
  };
  const budget = (text: string) => () =>
    ask(api.PATCH('/v1/batches/{batch}', { params, body: { budget: text === '' ? null : text } }));
  return (
    <div class="actions">
      {may('operate') && (
        <>
          {batch.run === 'running' && batch.state !== 'finished' && (
            <button type="button" onClick={() => act(() => ask(api.POST('/v1/batches/{batch}/pause', { params })))}>
              {t('pause')}
            </button>
          )}
          {batch.run === 'paused' && (
            <button
              type="button"
              class="primary"
              onClick={() => act(() => ask(api.POST('/v1/batches/{batch}/resume', { params })))}
            >
              {t('resume')}
            </button>
          )}
          {(batch.counts.dead_lettered ?? 0) > 0 && (
            <button type="button" onClick={() => act(retry)}>
              {t('retryFailed')}
            </button>
          )}
          {(batch.run === 'running' || batch.run === 'paused') && batch.state !== 'finished' && (
            <CancelForm
              name={batch.name}
              cancel={() => act(() => ask(api.POST('/v1/batches/{batch}/cancel', { params })))}
            />
          )}
          <BudgetForm batch={batch} save={(text) => act(budget(text))} />
        </>
      )}
      {(batch.counts.dead_lettered ?? 0) > 0 && (
        <a href={href(['dead-letters'], { batch: batch.name })}>{t('showDead')}</a>
      )}
      {(batch.counts.delivered ?? 0) > 0 && <a href={href(['gallery', batch.name])}>{t('showGallery')}</a>}
      {said !== '' && <p role="status">{said}</p>}
      {error !== null && <ErrorNote error={error} />}
    </div>
  );
};
