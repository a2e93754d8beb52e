// Something that is asked for when a page is shown, and again on demand; the last answer stays until the next one is there.
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';

export interface Loaded<Data> {
  readonly data: Data | null;
  readonly error: Error | null;
  readonly loading: boolean;
  reload(): void;
}

/** `key` names what is loaded: another key, another load. Answers that come too late are thrown away. */
export const useLoaded = <Data>(key: string, load: () => Promise<Data>): Loaded<Data> => {
  const [state, setState] = useState<{ key: string; data: Data | null; error: Error | null; loading: boolean }>({
    key,
    data: null,
    error: null,
    loading: true,
  });
  const [round, setRound] = useState(0);
  const latest = useRef(load);
  latest.current = load;
  useEffect(() => {
    let late = false;
    setState((before) => ({ ...before, key, loading: true }));
    latest.current().then(
      (data) => late || setState({ key, data, error: null, loading: false }),
      (error: Error) => late || setState((before) => ({ ...before, error, loading: false })),
    );
    return () => {
      late = true;
    };
  }, [key, round]);
  const reload = useCallback(() => setRound((before) => before + 1), []);
  return { data: state.data, error: state.error, loading: state.loading || state.key !== key, reload };
};
