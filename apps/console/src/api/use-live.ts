// A state that the server sends whenever it changed; where the line breaks, the browser comes back by itself.
import { useEffect, useState } from 'preact/hooks';
import { lookWhoIsHere } from './session.ts';

const COME_BACK_MS = 5_000;

export interface Live<Data> {
  readonly data: Data | null;
  /** Whether the server answers at the moment. */
  readonly connected: boolean;
}

/**
 * After `ended` it looks again every few seconds: what has ended may be taken up again. Another `round` looks anew at once,
 * and what was seen stays until there is news.
 */
export const useLive = <Data>(url: string, event: string, round = 0): Live<Data> => {
  const [state, setState] = useState<Live<Data>>({ data: null, connected: true });
  useEffect(() => setState({ data: null, connected: true }), [url, event]);
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
        if (source?.readyState !== EventSource.CLOSED) return;
        // Refused: perhaps because the session has ended, and then one signs in again.
        lookWhoIsHere().catch(() => undefined);
        comeBack();
      });
    };
    const comeBack = (): void => {
      source?.close();
      if (timer !== null) clearTimeout(timer);
      timer = setTimeout(connect, COME_BACK_MS);
    };
    connect();
    return () => {
      source?.close();
      if (timer !== null) clearTimeout(timer);
    };
  }, [url, event, round]);
  return state;
};
