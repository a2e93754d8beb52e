// The embedded store's web application, as its makers type it.
import { buildApp } from 'fauxqs';

export type EmbeddedApp = ReturnType<typeof buildApp>;

/** Not listening yet: its own `startFauxqs` would listen on every interface, without any check of credentials. */
export const embeddedApp = (): EmbeddedApp => buildApp({ logger: false });

/** The path of the object that a request speaks of, `/bucket/key` as sent; null for a bucket or the service itself. */
export const objectPathOf = (url: string): string | null => {
  const path = url.split('?')[0] ?? '';
  return /^\/[^/]+\/./.test(path) ? path : null;
};
