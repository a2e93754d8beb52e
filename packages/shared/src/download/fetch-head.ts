// The first bytes of a file at somebody's address: checked addresses only, no redirect followed, bounded in bytes and time.

import type { Dispatcher } from 'undici';
import { OutpaintError } from '../errors/outpaint-error.ts';
import { openPinnedClient } from './pinned-client.ts';
import type { Address } from './resolve-once.ts';
import type { ResultUrl } from './result-url.ts';

export interface FileHead {
  /** 200 and 206 have bytes, others none. */
  readonly status: number;
  readonly bytes: Buffer;
  /** Of the whole file, by its own account; null where it does not say. */
  readonly totalBytes: number | null;
  readonly contentType: string | null;
}

const textOf = (value: string | string[] | undefined): string | null =>
  (Array.isArray(value) ? value[0] : value) ?? null;

const totalOf = (status: number, headers: Readonly<Record<string, string | string[] | undefined>>): number | null => {
  const said =
    status === 206 ? /\/(\d+)$/.exec(textOf(headers['content-range']) ?? '')?.[1] : textOf(headers['content-length']);
  return said === undefined || said === null || !/^\d{1,15}$/.test(said) ? null : Number(said);
};

/**
 * One GET with a range; a server that ignores the range is cut off after `bytesMax`. Connects to `addresses` whatever the
 * name says now. Safe to repeat. Throws OutpaintError `result_unavailable` (network, silence, abort).
 */
export const fetchHead = async (
  url: ResultUrl,
  addresses: readonly Address[],
  limits: { readonly bytesMax: number; readonly idleMs: number },
  signal: AbortSignal,
): Promise<FileHead> => {
  const client = openPinnedClient(url, addresses, limits.idleMs);
  const failed = (cause: unknown): OutpaintError =>
    new OutpaintError('result_unavailable', 'The file could not be fetched.', { facts: { url: url.shown }, cause });
  const { promise, resolve, reject } = Promise.withResolvers<FileHead>();
  const onAbort = (): void => reject(failed(signal.reason));
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort, { once: true });

  const pieces: Buffer[] = [];
  let received = 0;
  let facts = { status: 0, totalBytes: null as number | null, contentType: null as string | null };
  const finish = (): void => resolve({ ...facts, bytes: Buffer.concat(pieces).subarray(0, limits.bytesMax) });
  const handler: Dispatcher.DispatchHandler = {
    onRequestStart() {},
    onResponseStart(controller, status, headers) {
      if (status < 200) return;
      facts = { status, totalBytes: totalOf(status, headers), contentType: textOf(headers['content-type']) };
      if (status === 200 || status === 206) return;
      finish();
      controller.abort(new Error('no file'));
    },
    onResponseData(controller, chunk) {
      pieces.push(chunk);
      received += chunk.length;
      if (received < limits.bytesMax) return;
      finish();
      controller.abort(new Error('enough'));
    },
    onResponseEnd: finish,
    onResponseError(_controller, cause) {
      reject(failed(cause));
    },
  };
  try {
    client.dispatch(
      {
        method: 'GET',
        path: url.pathAndQuery, // as it was written: a signature may cover it
        headers: { accept: '*/*', 'accept-encoding': 'identity', range: `bytes=0-${limits.bytesMax - 1}` },
      },
      handler,
    );
    return await promise;
  } finally {
    signal.removeEventListener('abort', onAbort);
    void client.destroy();
  }
};
