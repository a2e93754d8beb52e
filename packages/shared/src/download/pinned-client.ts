// One connection to an address that was checked, for one download.
import { Client } from 'undici';
import { type Address, pinned } from './resolve-once.ts';
import type { ResultUrl } from './result-url.ts';

const HEADER_BYTES_MAX = 32 * 1024;
const CONNECT_TIMEOUT_MS_MAX = 10_000;

/**
 * Connects to `addresses` whatever the name says now. Not a pool: it would be keyed by name, and the name's addresses
 * were checked for this time only. The caller destroys it.
 */
export const openPinnedClient = (url: ResultUrl, addresses: readonly Address[], idleMs: number): Client =>
  new Client(url.origin, {
    allowH2: false,
    pipelining: 0,
    maxHeaderSize: HEADER_BYTES_MAX,
    headersTimeout: idleMs,
    bodyTimeout: idleMs,
    connect: { lookup: pinned(addresses), timeout: Math.min(idleMs, CONNECT_TIMEOUT_MS_MAX) },
  });
