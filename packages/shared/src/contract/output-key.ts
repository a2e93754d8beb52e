// Where a picture goes in the bucket: the default key of an expansion, and the check of a key that a caller chose.
import { type BatchName, type CustomId, expansionIdOf } from './ids.ts';

/** S3 allows 1024 bytes; the rest is left to the installation's own prefix. */
export const OUTPUT_KEY_BYTES_MAX = 900;
/** MinIO and stores on a file system allow 255 bytes between two slashes. */
const NAME_BYTES_MAX = 255;
const EXTENSION = '.jpg';

export const OUTPUT_KEY_ALLOWED =
  `a relative path of at most ${OUTPUT_KEY_BYTES_MAX} bytes, without empty, "." or ".." segments, ` +
  'backslashes and control characters, and not under <batch>/report/';

/**
 * Escapes every byte outside `A-Za-z0-9._-` as `~XX`. Not as `%XX`: a key that holds a percent sign needs `%25` in a URL,
 * and every browser, proxy and CDN that decodes once too often would ask for another object. RFC 3986 and SigV4 both
 * leave the tilde alone.
 */
const escapeName = (text: string): string => {
  let escaped = '';
  for (const byte of Buffer.from(text, 'utf8')) {
    const char = String.fromCharCode(byte);
    escaped += /[A-Za-z0-9._-]/.test(char) ? char : `~${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return escaped;
};

/**
 * `<batch>/<escaped custom_id>.jpg`. Two expansions never share a key: the escape can be undone, and a name that had to
 * be cut ends in `~~` and the expansion's hash, which no escaped name holds.
 */
export const defaultOutputKey = (batch: BatchName, customId: CustomId): string => {
  const escaped = escapeName(customId);
  if (escaped.length + EXTENSION.length <= NAME_BYTES_MAX) return `${batch}/${escaped}${EXTENSION}`;
  const tail = `~~${expansionIdOf(batch, customId).slice(2)}${EXTENSION}`;
  const head = escaped.slice(0, NAME_BYTES_MAX - tail.length).replace(/~.?$/, '');
  return `${batch}/${head}${tail}`;
};

/** Whether a caller's key is acceptable; the rule is {@link OUTPUT_KEY_ALLOWED}. */
export const isOutputKey = (key: string, batch: BatchName): boolean =>
  key.isWellFormed() &&
  Buffer.byteLength(key, 'utf8') <= OUTPUT_KEY_BYTES_MAX &&
  !/[\p{Cc}\p{Zl}\p{Zp}\\]/u.test(key) &&
  key.split('/').every((segment) => segment !== '' && segment !== '.' && segment !== '..') &&
  !key.startsWith(`${batch}/report/`);
