// Signs a result's address the way OSS does it (version 1, in the query), for GET only.
import { createHmac } from 'node:crypto';

export interface SigningKey {
  readonly id: string;
  readonly secret: string;
}

/**
 * `OSSAccessKeyId=…&Expires=…&Signature=…` for this path; `expires` in epoch seconds.
 * The method is part of what is signed, which is why HEAD on the same URL is refused.
 */
export function signResult(key: SigningKey, path: string, expires: number): string {
  const signature = createHmac('sha1', key.secret).update(`GET\n\n\n${expires}\n/vigen-invi${path}`).digest('base64');
  return `OSSAccessKeyId=${key.id}&Expires=${expires}&Signature=${encodeURIComponent(signature)}`;
}

export type SignatureVerdict = 'good' | 'expired' | 'bad' | 'missing';

/** Compares the query byte for byte, since a client that re-encodes it breaks the signature. */
export function checkSignature(key: SigningKey, path: string, query: string, nowMs: number): SignatureVerdict {
  const expires = /(?:^|&)Expires=(\d{1,12})(?:&|$)/.exec(query)?.[1];
  if (!query.includes('Signature=') || expires === undefined) return 'missing';
  if (nowMs >= Number(expires) * 1000) return 'expired';
  return query === signResult(key, path, Number(expires)) ? 'good' : 'bad';
}
