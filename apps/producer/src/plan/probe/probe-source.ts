// One look at a source: its first bytes, fetched under the same guard as results, and what is wrong with them.
import type { ExpansionRequest } from '@outpaint/shared/contract/request';
import { addressRules } from '@outpaint/shared/download/address-allowed';
import { before } from '@outpaint/shared/download/before';
import { type FileHead, fetchHead } from '@outpaint/shared/download/fetch-head';
import { type Lookup, resolveOnce, systemLookup } from '@outpaint/shared/download/resolve-once';
import { readResultUrl } from '@outpaint/shared/download/result-url';
import { codeOf } from '@outpaint/shared/errors/outpaint-error';
import type { ObjectReader } from '@outpaint/shared/storage/object-reader';
import { type Finding, judgePicture } from './judge-picture.ts';
import { pictureHead } from './picture-head.ts';

export interface ProbeDeps {
  /** CIDR ranges that are allowed although not public: development only. */
  readonly addressesAllowed: readonly string[];
  readonly objects: Pick<ObjectReader, 'head'>;
  /** For resolving, connecting and reading together. */
  readonly timeoutMs: number;
  readonly lookup?: Lookup;
}

export type ProbeSource = (request: Pick<ExpansionRequest, 'source' | 'parameters'>) => Promise<Finding[]>;

const FIRST_BYTES = 64 * 1024;
/** A JPEG's size may lie behind a preview and a colour profile. */
const MORE_BYTES = 1024 * 1024;

type Looked = Pick<FileHead, 'bytes' | 'totalBytes'> | Finding;
const isFinding = (looked: Looked): looked is Finding => 'code' in looked;

const ofStatus = (status: number): Finding => {
  if (status === 404 || status === 410) return { code: 'missing', message: `is not there (HTTP ${status})` };
  if (status === 401 || status === 403) return { code: 'refused', message: `may not be read (HTTP ${status})` };
  if (status === 416) return { code: 'not_an_image', message: 'is empty' };
  if (status >= 300 && status < 400)
    return {
      code: 'redirect',
      message: `is somewhere else (HTTP ${status}); whether the API follows is not documented`,
    };
  return { code: 'unreachable', message: `did not answer as a file does (HTTP ${status})` };
};

const ofError = (error: unknown): Finding => {
  const code = codeOf(error);
  if (code === 'result_address_forbidden')
    return { code: 'private_address', message: 'leads into a private network, where the API cannot fetch it' };
  if (code === 'store_refused') return { code: 'refused', message: 'may not be read in its bucket' };
  if (code === 'store_rejected_object') return { code: 'not_an_image', message: 'is empty' };
  return { code: 'unreachable', message: 'could not be reached' };
};

/** Never throws: what goes wrong is a finding. */
export const createProbe = ({
  addressesAllowed,
  objects,
  timeoutMs,
  lookup = systemLookup,
}: ProbeDeps): ProbeSource => {
  const rules = addressRules(addressesAllowed);

  const look = async (source: string, bytesMax: number): Promise<Looked> => {
    if (source.startsWith('s3://')) {
      return (await objects.head(source, bytesMax)) ?? { code: 'missing', message: 'is not in its bucket' };
    }
    const signal = AbortSignal.timeout(timeoutMs);
    const url = readResultUrl(source);
    const addresses = await before(signal, resolveOnce(url, rules, lookup));
    const head = await fetchHead(url, addresses, { bytesMax, idleMs: timeoutMs }, signal);
    return head.status === 200 || head.status === 206 ? head : ofStatus(head.status);
  };

  return async ({ source, parameters }) => {
    try {
      let file = await look(source, FIRST_BYTES);
      if (isFinding(file)) return [file];
      const isCut = file.bytes.length === FIRST_BYTES && pictureHead(file.bytes)?.size === null;
      if (isCut) file = await look(source, MORE_BYTES);
      return isFinding(file) ? [file] : judgePicture(file, parameters);
    } catch (error) {
      return [ofError(error)];
    }
  };
};
