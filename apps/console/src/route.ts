// Where we are: the part of the address after #, which is never sent to a server and works with the browser's own buttons.
import { computed, signal } from '@preact/signals';

const hash = signal(window.location.hash);
window.addEventListener('hashchange', () => {
  hash.value = window.location.hash;
});

export interface Route {
  /** The first part: `batches` of `#/batches/spring`; empty at the start. */
  readonly page: string;
  readonly parts: readonly string[];
  readonly query: URLSearchParams;
}

export const route = computed<Route>(() => {
  const [path = '', query = ''] = hash.value.replace(/^#\/?/, '').split('?');
  const parts = path.split('/').filter(Boolean).map(decodeURIComponent);
  return { page: parts[0] ?? '', parts: parts.slice(1), query: new URLSearchParams(query) };
});

/** An address for a link; empty values of the query are left out. */
export const href = (parts: readonly string[], query: Readonly<Record<string, string | null>> = {}): string => {
  const set = Object.entries(query).filter((pair): pair is [string, string] => (pair[1] ?? '') !== '');
  const text = new URLSearchParams(set).toString();
  return `#/${parts.map(encodeURIComponent).join('/')}${text === '' ? '' : `?${text}`}`;
};

export const go = (to: string): void => {
  window.location.hash = to;
  // The browser tells of it later; what is pressed before that must act on where we are now.
  hash.value = window.location.hash;
};
