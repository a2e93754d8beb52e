// Takes a result URL apart for checking while keeping its path and query exactly as they were signed.
import { isIP } from 'node:net';
import { OutpaintError } from '../errors/outpaint-error.ts';

const URL_LENGTH_MAX = 8192;
// Visible ASCII without backslash: what WHATWG's parser would quietly repair or drop could make us check one host and
// speak to another. Signed URLs are percent-encoded.
const PLAIN = /^[\x21-\x5b\x5d-\x7e]+$/;
const PARTS = /^https?:\/\/([^/?#]+)([^#]*)/i;

export interface ResultUrl {
  readonly origin: string;
  readonly protocol: 'http:' | 'https:';
  /** Lower case; an IPv6 address without brackets. */
  readonly host: string;
  readonly port: number;
  /** Verbatim: a re-encoded or reordered query breaks the signature. */
  readonly pathAndQuery: string;
  /** For logs: no query, for a signature is a secret while it lasts. */
  readonly shown: string;
}

const refusal = (why: string, facts: Record<string, unknown> = {}): OutpaintError =>
  new OutpaintError('result_host_not_allowed', `The result URL ${why}.`, { facts });

/** Throws `result_host_not_allowed` for anything but a plain http(s) URL without user or password. */
export const readResultUrl = (written: string): ResultUrl => {
  if (written.length > URL_LENGTH_MAX) throw refusal('is too long', { length: written.length });
  const parts = PLAIN.test(written) ? PARTS.exec(written) : null;
  if (parts === null || !URL.canParse(written)) throw refusal('is not a plain http or https URL');
  const url = new URL(written);
  const [, authority = '', rest = ''] = parts;
  if (authority.includes('@')) throw refusal('carries a user or password');
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const protocol = url.protocol === 'https:' ? 'https:' : 'http:';
  return {
    origin: url.origin,
    protocol,
    host,
    port: url.port === '' ? (protocol === 'https:' ? 443 : 80) : Number(url.port),
    pathAndQuery: rest.startsWith('/') ? rest : `/${rest}`,
    shown: `${url.origin}${url.pathname}`,
  };
};

/**
 * True if an entry of `hostsAllowed` is the host itself or, for names, one of its parent domains: `aliyuncs.com` allows
 * `a.b.aliyuncs.com`, not `evilaliyuncs.com`. An IP address must be named exactly.
 */
export const isHostAllowed = (host: string, hostsAllowed: readonly string[]): boolean =>
  hostsAllowed.some((entry) => {
    const allowed = entry.toLowerCase().replace(/^\[|\]$/g, '');
    if (allowed === '') return false;
    return host === allowed || (isIP(host) === 0 && isIP(allowed) === 0 && host.endsWith(`.${allowed}`));
  });
