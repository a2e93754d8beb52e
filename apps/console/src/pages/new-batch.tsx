// A new batch: a file is dropped, its plan is shown, and a person confirms it with a budget.
import { useRef, useState } from 'preact/hooks';
import { api, ask, type Schemas } from '../api/client.ts';
import { Fact } from '../parts/fact.tsx';
import { ErrorNote } from '../parts/notice.tsx';
import { go, href } from '../route.ts';
import { duration, money, number, t } from '../text/locale.ts';

type Plan = Schemas['Plan'];

const TYPES = { csv: 'text/csv', jsonl: 'application/jsonl', ndjson: 'application/jsonl' } as const;

/** By the file's name, as the command line does it; CSV where that says nothing. */
const typeOf = (file: File): (typeof TYPES)[keyof typeof TYPES] =>
  TYPES[(file.name.split('.').at(-1)?.toLowerCase() ?? '') as keyof typeof TYPES] ?? 'text/csv';

const nameOf = (file: File): string =>
  file.name
    .replace(/\.[^.]+$/, '')
    .replaceAll(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[_-]+/, '')
    .slice(0, 128) || 'batch';

/** The file goes as it is: it is streamed, however large, and never read into the page. */
const send = { bodySerializer: (body: unknown) => body as BodyInit };

const askPlan = (file: File): Promise<Plan> =>
  ask(
    api.POST('/v1/plans', {
      params: { query: { batch: nameOf(file) } },
      headers: { 'content-type': typeOf(file) },
      body: file as never,
      ...send,
    }),
  );

const PlanView = ({ plan, file }: { plan: Plan; file: File }) => (
  <>
    <h2>{t('planOf', { file: file.name })}</h2>
    <dl class="facts">
      <Fact name={t('rows')}>{number(plan.rows)}</Fact>
      <Fact name={t('goodRows')}>{number(plan.good)}</Fact>
      <Fact name={t('badRows')} note={plan.duplicates > 0 ? `${t('duplicates')}: ${number(plan.duplicates)}` : null}>
        {number(plan.bad)}
      </Fact>
      <Fact name={t('price')}>{money(plan.price, plan.currency)}</Fact>
      <Fact name={t('etaRange')}>
        {duration(plan.eta_seconds_min)} – {duration(plan.eta_seconds_max)}
      </Fact>
    </dl>
    {plan.warnings.length > 0 && (
      <div class="warn">
        <h3>{t('warnings')}</h3>
        <ul>
          {plan.warnings.map(({ message, rows, first_line: line }) => (
            <li key={message}>
              {number(rows)} × {message} ({t('lineNumber')} {number(line)})
            </li>
          ))}
        </ul>
      </div>
    )}
    {plan.problems.length > 0 && (
      <table>
        <thead>
          <tr>
            <th scope="col">{t('lineNumber')}</th>
            <th scope="col">{t('problem')}</th>
          </tr>
        </thead>
        <tbody>
          {plan.problems.map(({ line, sentences }) => (
            <tr key={line}>
              <th scope="row">{line}</th>
              <td>{sentences.join(' ')}</td>
            </tr>
          ))}
        </tbody>
      </table>
    )}
    {plan.bad > plan.problems.length && (
      <p class="quiet">{t('moreProblems', { n: number(plan.bad - plan.problems.length) })}</p>
    )}
  </>
);

const Confirm = ({ plan, file }: { plan: Plan; file: File }) => {
  const [error, setError] = useState<Error | null>(null);
  const [busy, setBusy] = useState(false);
  const start = async (form: FormData): Promise<void> => {
    const budget = String(form.get('budget') ?? '');
    const keepGoing = form.get('keep_going') === 'on';
    const query = {
      batch: String(form.get('batch')),
      ...(budget === '' ? {} : { budget }),
      keep_going: keepGoing ? ('true' as const) : ('false' as const),
      open: 'false' as const,
    };
    const answer = await ask(
      api.POST('/v1/batches', {
        params: { query },
        headers: { 'content-type': typeOf(file) },
        body: file as never,
        ...send,
      }),
    );
    go(href(['batches', answer.batch.name]));
  };
  return (
    <form
      class="confirm"
      onSubmit={(event) => {
        event.preventDefault();
        setBusy(true);
        setError(null);
        start(new FormData(event.currentTarget))
          .catch(setError)
          .finally(() => setBusy(false));
      }}
    >
      <label>
        {t('name')}
        <input
          name="batch"
          required
          defaultValue={nameOf(file)}
          pattern="[A-Za-z0-9.\-][A-Za-z0-9._\-]*"
          maxLength={128}
        />
      </label>
      <label>
        {t('budget')} ({plan.currency})
        <input name="budget" inputMode="decimal" pattern="\d+(\.\d+)?" defaultValue={plan.price} />
        <small>
          {t('startSure')} {t('unlimited')}
        </small>
      </label>
      {plan.bad > 0 && (
        <label class="tick">
          <input name="keep_going" type="checkbox" required />
          {t('leaveOut')}
        </label>
      )}
      <button type="submit" class="primary" disabled={busy || plan.good === 0}>
        {t(busy ? 'starting' : 'start')}
      </button>
      {error !== null && <ErrorNote error={error} />}
    </form>
  );
};

export const NewBatchPage = () => {
  const [file, setFile] = useState<File | null>(null);
  const [plan, setPlan] = useState<Plan | null>(null);
  const [error, setError] = useState<Error | null>(null);
  const [over, setOver] = useState(false);
  /** How many files were taken: the plan of one that was followed by another is thrown away. */
  const taken = useRef(0);
  const take = (files: FileList | null | undefined): void => {
    const first = files?.[0];
    if (first === undefined) return;
    setFile(first);
    setPlan(null);
    setError(null);
    taken.current += 1;
    const mine = taken.current;
    askPlan(first).then(
      (found) => mine === taken.current && setPlan(found),
      (refused: Error) => mine === taken.current && setError(refused),
    );
  };
  return (
    <>
      <h1>{t('newBatch')}</h1>
      {/* The field does the same for those who do not drag. */}
      <fieldset
        class={over ? 'drop over' : 'drop'}
        aria-label={t('dropHere')}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          setOver(false);
          take(event.dataTransfer?.files);
        }}
      >
        <p>{t('dropHere')}</p>
        {/* The browser's own button speaks the browser's language. */}
        <label class="file">
          {t('chooseFile')}
          <input
            class="hidden"
            type="file"
            accept=".csv,.jsonl,.ndjson"
            onChange={(event) => take(event.currentTarget.files)}
          />
        </label>
      </fieldset>
      {file !== null && plan === null && error === null && <p role="status">{t('planning', { file: file.name })}</p>}
      {error !== null && <ErrorNote error={error} />}
      {file !== null && plan !== null && (
        <>
          <PlanView plan={plan} file={file} />
          <Confirm key={taken.current} plan={plan} file={file} />
        </>
      )}
    </>
  );
};
