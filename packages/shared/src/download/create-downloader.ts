// Fetches a result file that a foreign answer named, trusting neither the URL, nor the name, nor the bytes.
import { OutpaintError } from '../errors/outpaint-error.ts';
import { expiresOf } from '../lifecycle/expires-of.ts';
import { addressRules } from './address-allowed.ts';
import { before } from './before.ts';
import { fetchBytes } from './fetch-bytes.ts';
import { type ImageFacts, readImage } from './read-image.ts';
import { type Lookup, resolveOnce, systemLookup } from './resolve-once.ts';
import { isHostAllowed, readResultUrl } from './result-url.ts';

export interface DownloadSettings {
  /** Suffixes: `aliyuncs.com` allows itself and everything below it; an IP address must match exactly. */
  hostsAllowed: readonly string[];
  /** CIDR ranges that are allowed although they are not public, and on any port. For development only. */
  addressesAllowed: readonly string[];
  bytesMax: number;
  /** Bounds resolving, connecting and reading together: a body that drips for ever never trips an idle limit. */
  deadlineMs: number;
  /** The longest silence; 30 s unless given. */
  idleMs?: number;
}

export type Downloaded = { bytes: Buffer; sha256Hex: string; image: ImageFacts };

export interface Downloader {
  /**
   * The file at `url`, checked to be a whole picture. Safe to repeat. Throws OutpaintError: `result_host_not_allowed`,
   * `result_address_forbidden`, `result_expired`, `result_unavailable`, `result_truncated`, `result_too_large`,
   * `result_not_an_image`. An abort by `signal` is `result_unavailable` with the reason as its cause.
   */
  download(url: string, signal: AbortSignal): Promise<Downloaded>;
  /** Gives up what is under way; later downloads fail as `result_unavailable`. Safe to repeat. */
  close(): Promise<void>;
}

const IDLE_MS = 30_000;
// The storage is the judge of its signatures and gives the same verdict by 403; this margin keeps a machine whose clock
// runs ahead from throwing away results that are still there.
const CLOCK_SKEW_MS = 5 * 60_000;

/** Throws a RangeError if `addressesAllowed` holds something that is no range. */
export const createDownloader = (
  settings: DownloadSettings,
  deps: { lookup?: Lookup; clock?: { now(): number } } = {},
): Downloader => {
  const rules = addressRules(settings.addressesAllowed);
  const lookup = deps.lookup ?? systemLookup;
  const clock = deps.clock ?? Date;
  const closing = new AbortController();
  const underWay = new Set<Promise<unknown>>();

  const fetchChecked = async (written: string, signal: AbortSignal): Promise<Downloaded> => {
    const url = readResultUrl(written);
    if (!isHostAllowed(url.host, settings.hostsAllowed)) {
      throw new OutpaintError('result_host_not_allowed', 'The result URL names a host that is not allowed.', {
        facts: { host: url.host },
      });
    }
    const expiresAt = expiresOf(written);
    if (expiresAt !== null && expiresAt + CLOCK_SKEW_MS < clock.now()) {
      throw new OutpaintError('result_expired', 'The result URL has expired.', {
        facts: { url: url.shown, expiresAt },
      });
    }
    const addresses = await before(signal, resolveOnce(url, rules, lookup)).catch((error: unknown) => {
      if (!signal.aborted) throw error;
      throw new OutpaintError('result_unavailable', 'The result host was not resolved in time.', {
        cause: signal.reason,
      });
    });
    const { bytesMax, idleMs = IDLE_MS } = settings;
    const { bytes, sha256Hex } = await fetchBytes(url, addresses, { bytesMax, idleMs }, signal);
    return { bytes, sha256Hex, image: readImage(bytes) };
  };

  return {
    async download(url, signal) {
      const deadline = new AbortController();
      const stop = (reason: unknown) => deadline.abort(reason);
      const timer = setTimeout(() => stop(new Error(`not complete in ${settings.deadlineMs} ms`)), settings.deadlineMs);
      const sources = [signal, closing.signal];
      const onAbort = () => stop(sources.find((source) => source.aborted)?.reason);
      for (const source of sources) source.addEventListener('abort', onAbort, { once: true });
      if (sources.some((source) => source.aborted)) onAbort();
      const download = fetchChecked(url, deadline.signal);
      underWay.add(download);
      try {
        return await download;
      } finally {
        underWay.delete(download);
        clearTimeout(timer);
        for (const source of sources) source.removeEventListener('abort', onAbort);
      }
    },
    async close() {
      closing.abort(new Error('the downloader is closed'));
      await Promise.allSettled(underWay);
    },
  };
};
