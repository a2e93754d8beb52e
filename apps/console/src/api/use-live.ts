// A state that the server sends whenever it changed; where the line breaks, the browser comes back by itself.
import { useEffect, useState } from 'preact/hooks';

const COME_BACK_MS = 5_000;

export interface Live<Data> {
  readonly data: Data | null;
  /** Whether the server answers at the moment. */
  readonly connected: boolean;
}

/** After `ended` it looks again every few seconds: what has ended may be taken up again. */
export const useLive = <Data>(url: string, event: string): Live<Data> => {
  const [state, setState] = useState<Live<Data>>({ data: null, connected: true });
  useEffect(() => {
    let source: EventSource | null = null;
    let timer: ReturnType<typeof setTimeout> | null = null;
    const connect = (): void => {
      source = new EventSource(url);
      source.addEventListener(event, (message) =>
        setState({ data: JSON.parse(message.data) as Data, connected: true }),
      );
      source.addEventListener('open', () => setState((before) => ({ ...before, connected: true })));
      source.addEventListener('ended', comeBack);
      source.addEventListener('error', () => {
        setState((before) => ({ ...before, connected: false }));
        if (source?.readyState === EventSource.CLOSED) comeBack();
      });
    };
    const comeBack = (): void => {
      source?.close();
      if (timer !== null) clearTimeout(timer);
      timer = setTimeout(connect, COME_BACK_MS);
    };
    setState({ data: null, connected: true });
    connect();
    return () => {
      source?.close();
      if (timer !== null) clearTimeout(timer);
    };
  }, [url, event]);
  return state;
};
