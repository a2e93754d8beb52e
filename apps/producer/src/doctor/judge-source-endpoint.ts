// Whether the API, out on the internet, can fetch `s3://` sources from the store that they lie in. Pure.
import { type Check, type Fact, ok, unknown, warning } from './check.ts';
import { isLoopbackHost, isPrivateAddress } from './private-address.ts';

export interface SourceEndpoint {
  /** Null for AWS' own, which is public. */
  readonly host: string | null;
  readonly addresses: Fact<readonly string[]>;
  /** The API itself is on this machine: a sandbox reaches what we reach. */
  readonly upstreamIsLocal: boolean;
}

const ID = 'bucket.source_endpoint';

export const judgeSourceEndpoint = ({ host, addresses, upstreamIsLocal }: SourceEndpoint): Check => {
  if (host === null)
    return ok(ID, "The store is at AWS' own public endpoint: the API can fetch s3:// sources from it.");
  if (upstreamIsLocal) return ok(ID, `The API is on this machine and reaches the store at ${host} as we do.`);
  const remedy =
    'Give sources as https:// addresses that are public, or use a store with a public endpoint; results are not concerned.';
  if (isLoopbackHost(host)) {
    return warning(
      ID,
      `The store's endpoint ${host} is this machine: the API cannot fetch s3:// sources from it.`,
      remedy,
    );
  }
  if (!addresses.known) {
    return unknown(ID, `Whether the API can fetch s3:// sources from ${host} is not known: ${addresses.why}.`, remedy);
  }
  const found = addresses.value;
  if (found.some((address) => !isPrivateAddress(address))) {
    return ok(ID, `The store's endpoint ${host} has a public address: the API can fetch s3:// sources from it.`);
  }
  return warning(
    ID,
    `The store's endpoint ${host} has only private addresses (${found.slice(0, 3).join(', ')}): the API cannot fetch s3:// sources from it.`,
    remedy,
  );
};
