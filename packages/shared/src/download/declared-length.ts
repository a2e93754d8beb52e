// Decides from status and headers alone whether a result's body is worth reading, and how long it will be.
import { OutpaintError } from '../errors/outpaint-error.ts';
import type { ResultUrl } from './result-url.ts';

type Headers = Readonly<Record<string, string | string[] | undefined>>;

const headerOf = (headers: Headers, name: string): string | null => {
  const value = headers[name];
  return (Array.isArray(value) ? value.join(', ') : value) ?? null;
};

/** The declared length in bytes, null if undeclared, or the error for an answer whose body is not worth reading. Never throws. */
export const declaredLength = (
  status: number,
  headers: Headers,
  url: ResultUrl,
  bytesMax: number,
): number | null | OutpaintError => {
  const facts = { url: url.shown, status, requestId: headerOf(headers, 'x-oss-request-id') };
  if (status === 403 || status === 404 || status === 410) {
    // OSS answers a signature past its time with 403 AccessDenied "Request has expired.", a removed object with 404.
    return new OutpaintError('result_expired', `The storage answered HTTP ${status}: the result URL is dead.`, {
      facts,
    });
  }
  if (status >= 300 && status < 400) {
    return new OutpaintError('result_host_not_allowed', `The storage answered with a redirect (HTTP ${status}).`, {
      facts,
    });
  }
  if (status !== 200) {
    return new OutpaintError('result_unavailable', `The storage answered HTTP ${status}.`, { facts });
  }
  const encoding = headerOf(headers, 'content-encoding')?.trim().toLowerCase() ?? 'identity';
  if (encoding !== 'identity' && encoding !== '') {
    // We asked for identity. Unpacking would let a few bytes become gigabytes.
    return new OutpaintError('result_unavailable', 'The storage packed the result although told not to.', {
      facts: { ...facts, encoding },
    });
  }
  const written = headerOf(headers, 'content-length');
  if (written === null) return null;
  const length = Number(written);
  if (length <= bytesMax) return length;
  return new OutpaintError('result_too_large', 'The result is larger than allowed, by its own account.', {
    facts: { ...facts, bytes: length, bytesMax },
  });
};
