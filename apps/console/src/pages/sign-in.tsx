// Asks once for a token, shows it to the server, and forgets it.
import { useState } from 'preact/hooks';
import { signIn } from '../api/session.ts';
import { ErrorNote } from '../parts/notice.tsx';
import { t } from '../text/locale.ts';

export const SignInPage = () => {
  const [error, setError] = useState<Error | null>(null);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const token = String(new FormData(form).get('token') ?? '').trim();
    form.reset();
    signIn(token).catch(setError);
  };
  return (
    <form class="sign-in" onSubmit={submit}>
      <h1>{t('signIn')}</h1>
      <p>{t('signInWhy')}</p>
      <label>
        {t('token')}
        <input name="token" type="password" autocomplete="off" spellcheck={false} required />
      </label>
      <button type="submit" class="primary">
        {t('signIn')}
      </button>
      {error !== null && <ErrorNote error={error} />}
    </form>
  );
};
