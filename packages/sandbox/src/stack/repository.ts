// Where the checkout is, and how its files are named to the person who stands in it.
import { isAbsolute, relative, resolve } from 'node:path';

export const REPOSITORY = resolve(import.meta.dirname, '../../../..');
/** What was fetched once is kept here between runs; the tests use the same. */
export const CACHE_DIR = resolve(REPOSITORY, '.cache');

/** Of an absolute path: relative to the checkout for what lies in it; a place elsewhere was named by the person and stays as it is. */
export const shownPath = (path: string): string => {
  if (!isAbsolute(path)) return path;
  const inside = relative(REPOSITORY, path);
  if (inside === '') return '.';
  return inside.startsWith('..') || isAbsolute(inside) ? path : inside;
};

/** The same for a sentence of somebody else's that holds absolute paths. */
export const shownText = (text: string): string => text.replaceAll(`${REPOSITORY}/`, '');
