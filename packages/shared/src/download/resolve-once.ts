// Resolves a result's host one time, checks every address, and pins them for the connection.
import { lookup as lookupByName } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import { OutpaintError } from '../errors/outpaint-error.ts';
import type { AddressRules } from './address-allowed.ts';
import type { ResultUrl } from './result-url.ts';

export interface Address {
  readonly address: string;
  readonly family: 4 | 6;
}
export type Lookup = (host: string) => Promise<readonly Address[]>;

/** The system's resolver, as any other connection of this machine would use it. */
export const systemLookup: Lookup = async (host) =>
  (await lookupByName(host, { all: true })).map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 }));

/**
 * The host's addresses, every one of them allowed: a name with one public and one private address is refused, for the
 * connection might take either. Throws `result_address_forbidden`, or `result_unavailable` if the name has none.
 */
export const resolveOnce = async (url: ResultUrl, rules: AddressRules, lookup: Lookup): Promise<readonly Address[]> => {
  const literal = isIP(url.host);
  let found: readonly Address[];
  try {
    found = literal === 0 ? await lookup(url.host) : [{ address: url.host, family: literal === 6 ? 6 : 4 }];
  } catch (cause) {
    throw new OutpaintError('result_unavailable', 'The name of the result host could not be resolved.', {
      facts: { host: url.host },
      cause,
    });
  }
  if (found.length === 0) {
    throw new OutpaintError('result_unavailable', 'The name of the result host has no address.', {
      facts: { host: url.host },
    });
  }
  const usual = url.port === 80 || url.port === 443;
  for (const { address } of found) {
    // Another port on a public machine is somebody's service, not storage.
    if (rules.isAllowed(address) && (usual || rules.isNamed(address))) continue;
    throw new OutpaintError(
      'result_address_forbidden',
      'The result URL leads to an address that must not be fetched from.',
      {
        facts: { host: url.host, address, port: url.port },
      },
    );
  }
  return found;
};

/** A lookup for `net.connect` that only knows the checked addresses, so that a name which resolves anew cannot lead elsewhere. */
export const pinned =
  (addresses: readonly Address[]): LookupFunction =>
  (_host, options, callback) => {
    const [first] = addresses;
    if (options.all === true) callback(null, [...addresses]);
    else if (first !== undefined) callback(null, first.address, first.family);
  };
