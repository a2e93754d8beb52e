// Rows of one code only: those that the installation's dead letters have are offered, any other can be typed.
import { api, ask } from '../api/client.ts';
import { useLoaded } from '../api/use-loaded.ts';
import { t } from '../text/locale.ts';

export const CodeFilter = ({ code, choose }: { code: string; choose: (code: string) => void }) => {
  const { data } = useLoaded('codes', () => ask(api.GET('/v1/dead-letters/codes')));
  const known = Object.keys(data?.codes ?? {}).sort();
  return (
    <form
      class="filter"
      onSubmit={(event) => {
        event.preventDefault();
        choose(String(new FormData(event.currentTarget).get('code') ?? '').trim());
      }}
    >
      <label>
        {t('code')}{' '}
        <input
          key={code}
          name="code"
          list="codes-known"
          maxLength={128}
          placeholder={t('anyCode')}
          defaultValue={code}
          onChange={(event) => {
            const chosen = event.currentTarget.value.trim();
            if (chosen === '' || known.includes(chosen)) choose(chosen);
          }}
        />
      </label>
      <datalist id="codes-known">
        {known.map((each) => (
          <option key={each} value={each} />
        ))}
      </datalist>
      <button type="submit">{t('filter')}</button>
    </form>
  );
};
