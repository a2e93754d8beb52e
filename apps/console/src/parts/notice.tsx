// What a page says while it waits, and when the server refuses or does not answer.
import { Refusal } from '../api/client.ts';
import { t } from '../text/locale.ts';

export const Busy = () => (
  <p class="quiet" role="status">
    {t('loading')}
  </p>
);

export const Reconnecting = () => (
  <p class="warn" role="status">
    {t('reconnecting')}
  </p>
);

/** The server's own words, with each field that is wrong. */
export const ErrorNote = ({ error, retry }: { error: Error; retry?: () => void }) => (
  <div class="error" role="alert">
    <p>{error.message}</p>
    {error instanceof Refusal && error.problem?.errors !== undefined && (
      <ul>
        {error.problem.errors.map(({ field, message, remedy }) => (
          <li key={field}>
            <code>{field}</code> {message} {remedy ?? ''}
          </li>
        ))}
      </ul>
    )}
    {retry !== undefined && (
      <button type="button" onClick={retry}>
        {t('tryAgain')}
      </button>
    )}
  </div>
);
