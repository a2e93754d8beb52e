// One GET of a result into memory: to checked addresses only, no redirect, no encoding, bounded in bytes and in time.
import { createHash } from 'node:crypto';
import type { Dispatcher } from 'undici';
import { OutpaintError } from '../errors/outpaint-error.ts';
import { declaredLength } from './declared-length.ts';
import { openPinnedClient } from './pinned-client.ts';
import type { Address } from './resolve-once.ts';
import type { ResultUrl } from './result-url.ts';

export interface FetchLimits {
  readonly bytesMax: number;
  /** The longest silence between two pieces. The total deadline is the signal's. */
  readonly idleMs: number;
}

export interface Fetched {
  readonly bytes: Buffer;
  readonly sha256Hex: string;
}

/**
 * The body of a 200 answer and its SHA-256, computed while it arrives. Connects to `addresses` whatever the name says now.
 * Holds one buffer of the declared length; without a length the pieces and, at the end, the whole. Safe to repeat.
 * Throws OutpaintError: `result_expired`, `result_host_not_allowed` (redirect), `result_too_large`, `result_truncated`,
 * `result_unavailable` (network, timeouts, abort, other statuses).
 */
export const fetchBytes = (
  url: ResultUrl,
  addresses: readonly Address[],
  limits: FetchLimits,
  signal: AbortSignal,
): Promise<Fetched> => {
  const client = openPinnedClient(url, addresses, limits.idleMs);
  let forget = (): void => {};
  const fetched = new Promise<Fetched>((resolve, reject) => {
    const hash = createHash('sha256');
    let length: number | null = null;
    let whole: Buffer | undefined;
    let pieces: Buffer[] = [];
    let received = 0;
    let answered = false;

    const onAbort = (): void => {
      reject(
        new OutpaintError('result_unavailable', 'The download was given up before it was complete.', {
          facts: { url: url.shown, bytes: received },
          cause: signal.reason,
        }),
      );
    };
    if (signal.aborted) return onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    forget = () => signal.removeEventListener('abort', onAbort);

    const handler: Dispatcher.DispatchHandler = {
      onRequestStart() {},
      onResponseStart(controller, status, headers) {
        if (status < 200) return;
        const found = declaredLength(status, headers, url, limits.bytesMax);
        if (found instanceof OutpaintError) {
          reject(found);
          controller.abort(found);
          return;
        }
        answered = true;
        length = found;
        if (length !== null) whole = Buffer.allocUnsafeSlow(length);
      },
      onResponseData(controller, chunk) {
        if (received + chunk.length > limits.bytesMax) {
          const tooLarge = new OutpaintError('result_too_large', 'The result is larger than allowed.', {
            facts: { url: url.shown, bytesMax: limits.bytesMax },
          });
          pieces = [];
          reject(tooLarge);
          controller.abort(tooLarge);
          return;
        }
        if (whole === undefined) pieces.push(chunk);
        else chunk.copy(whole, received);
        received += chunk.length;
        hash.update(chunk);
      },
      onResponseEnd() {
        if (length !== null && received !== length) {
          // undici compares them too; uninitialised memory in a picture would be worse than a second look.
          reject(
            new OutpaintError('result_truncated', 'The result is not as long as declared.', {
              facts: { url: url.shown },
            }),
          );
          return;
        }
        const bytes = whole ?? Buffer.concat(pieces, received);
        pieces = [];
        resolve({ bytes, sha256Hex: hash.digest('hex') });
      },
      onResponseError(_controller, cause) {
        const silent = 'code' in cause && String(cause.code).endsWith('_TIMEOUT');
        const facts = { url: url.shown, bytes: received, expected: length };
        reject(
          answered && !silent
            ? new OutpaintError('result_truncated', 'The result broke off before its end.', { facts, cause })
            : new OutpaintError('result_unavailable', 'The result could not be fetched.', { facts, cause }),
        );
      },
    };
    client.dispatch(
      {
        method: 'GET',
        path: url.pathAndQuery, // written to the wire as it is: undici adds nothing without its `query` option
        headers: { accept: '*/*', 'accept-encoding': 'identity' },
      },
      handler,
    );
  });
  // Destroying ends whatever is left, also a request that still waits for its connection.
  return fetched.finally(() => {
    forget();
    void client.destroy();
  });
};
