// Schedules: when they run next, what came of the last runs; paused, run now, or made up for.
import { useEffect, useState } from 'preact/hooks';
import { api, ask, type Schemas } from '../api/client.ts';
import { may } from '../api/session.ts';
import { useLoaded } from '../api/use-loaded.ts';
import { Busy, ErrorNote } from '../parts/notice.tsx';
import { href } from '../route.ts';
import { number, t, time, word } from '../text/locale.ts';

type Schedule = Schemas['Schedule'];

const LOOK_AGAIN_MS = 2_000;

/** The civil date of now where the schedule lives: its slots are named by it. */
const today = (timeZone: string): string => new Date().toLocaleDateString('sv-SE', { timeZone });

const Firings = ({ name, version }: { name: string; version: number }) => {
  const { data, error, reload } = useLoaded(`schedule ${name} ${version}`, () =>
    ask(api.GET('/v1/schedules/{name}', { params: { path: { name }, query: { limit: 10 } } })),
  );
  // What waits for a server is looked at until it has a result.
  const waits = data?.firings.some(({ state }) => state === 'due') === true;
  useEffect(() => {
    const timer = waits ? setTimeout(reload, LOOK_AGAIN_MS) : undefined;
    return () => clearTimeout(timer);
  }, [waits, data, reload]);
  if (error !== null) return <ErrorNote error={error} />;
  if (data === null) return <Busy />;
  if (data.firings.length === 0) return <p class="quiet">{t('noRuns')}</p>;
  return (
    <table class="cards">
      <caption>{t('lastRuns')}</caption>
      <thead>
        <tr>
          <th scope="col">{t('when')}</th>
          <th scope="col">{t('result')}</th>
          <th scope="col">{t('batch')}</th>
          <th scope="col">{t('reason')}</th>
        </tr>
      </thead>
      <tbody>
        {data.firings.map(({ slot, state, batch, note }) => (
          <tr key={slot}>
            <th scope="row">{slot}</th>
            <td>{word(state)}</td>
            <td>{batch !== null && <a href={href(['batches', batch])}>{batch}</a>}</td>
            <td>{note}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
};

const Actions = ({ schedule, changed }: { schedule: Schedule; changed: () => void }) => {
  const [error, setError] = useState<Error | null>(null);
  const [said, setSaid] = useState('');
  const [busy, setBusy] = useState(false);
  const params = { path: { name: schedule.name } };
  const day = today(schedule.time_zone);
  const act = (work: () => Promise<unknown>): void => {
    setError(null);
    setSaid('');
    setBusy(true);
    work()
      .then(changed, setError)
      .finally(() => setBusy(false));
  };
  const runNow = async (): Promise<void> => {
    const answer = await ask(api.POST('/v1/schedules/{name}/run', { params }));
    setSaid(t('runsNow', { batch: answer.batch }));
  };
  const backfill = async (from: string, to: string): Promise<void> => {
    const answer = await ask(api.POST('/v1/schedules/{name}/backfill', { params, body: { from, to } }));
    setSaid(t('backfilled', { n: number(answer.added) }));
  };
  return (
    <div class="actions">
      {schedule.paused ? (
        <button type="button" onClick={() => act(() => ask(api.POST('/v1/schedules/{name}/resume', { params })))}>
          {t('resume')}
        </button>
      ) : (
        <button type="button" onClick={() => act(() => ask(api.POST('/v1/schedules/{name}/pause', { params })))}>
          {t('pause')}
        </button>
      )}
      <button type="button" disabled={busy || schedule.paused} onClick={() => act(runNow)}>
        {t('runNow')}
      </button>
      <details class="inline-form">
        <summary>{t('backfill')}</summary>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            const form = new FormData(event.currentTarget);
            act(() => backfill(String(form.get('from')), String(form.get('to'))));
          }}
        >
          <label>
            {t('from')} <input type="date" name="from" required defaultValue={day} />
          </label>
          <label>
            {t('to')} <input type="date" name="to" required defaultValue={day} />
          </label>
          <button type="submit">{t('backfill')}</button>
        </form>
      </details>
      {said !== '' && <p role="status">{said}</p>}
      {error !== null && <ErrorNote error={error} />}
    </div>
  );
};

const One = ({ schedule, changed, version }: { schedule: Schedule; changed: () => void; version: number }) => (
  <section aria-label={schedule.name}>
    <h2>
      {schedule.name} {schedule.paused && <span class="state stop">{t('paused')}</span>}
    </h2>
    <p>
      <code>{schedule.cron}</code> · {t('timeZone')} {schedule.time_zone} · {t('manifest')}{' '}
      <code>{schedule.manifest}</code>
    </p>
    {schedule.next_runs.length > 0 && (
      <>
        <h3>{t('nextRuns')}</h3>
        <ul>
          {schedule.next_runs.map(({ slot, at }) => (
            <li key={slot}>
              {slot} ({schedule.time_zone}) = {time(at)}
            </li>
          ))}
        </ul>
      </>
    )}
    {may('operate') && <Actions schedule={schedule} changed={changed} />}
    <Firings name={schedule.name} version={version} />
  </section>
);

export const SchedulesPage = () => {
  const [version, setVersion] = useState(0);
  const { data, error, reload } = useLoaded(`schedules ${version}`, () => ask(api.GET('/v1/schedules')));
  if (error !== null) return <ErrorNote error={error} retry={reload} />;
  if (data === null) return <Busy />;
  return (
    <>
      <h1>{t('schedules')}</h1>
      {data.data.length === 0 && <p class="quiet">{t('noSchedules')}</p>}
      {data.data.map((schedule) => (
        <One key={schedule.name} schedule={schedule} changed={() => setVersion(version + 1)} version={version} />
      ))}
    </>
  );
};
