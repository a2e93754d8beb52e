// A short name of an API key, by which records say which key submitted them without holding it.
import { createHash } from 'node:crypto';

/** Eight hex digits of SHA-256: the same for the same key, and the key cannot be read from it. */
export const keyNameOf = (apiKey: string): string => createHash('sha256').update(apiKey).digest('hex').slice(0, 8);
