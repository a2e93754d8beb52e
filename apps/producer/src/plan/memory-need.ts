// How much of Redis' memory the rows of a manifest will take, and how much an import may still use. Pure.
import type { MemoryUse } from '@outpaint/shared/batch/memory-use';
import { MEMORY_PERCENT_MAX } from '../accept/accept-rows.ts';

/** Beside the request's own text: its key, headers, and its id in the backlog. Measured, docs/adr/0007. */
const WAITING_OVERHEAD_BYTES = 139;
/** Redis' string header and its closing zero. */
const STRING_EXTRA_BYTES = 6;
/** The record of a row that has been taken up. Measured, docs/adr/0007. */
const RECORD_BYTES = 925;

export interface MemoryNeed {
  /** While all rows wait. */
  readonly waitingBytes: number;
  /** When all have been worked on, as long as their records are kept. */
  readonly workedBytes: number;
  /** What an import may use before it stops; null where no maxmemory is set. */
  readonly freeBytes: number | null;
  /** Null where it is not known. */
  readonly fits: boolean | null;
}

/** What jemalloc takes for a string of so many bytes: its sizes stand four to each doubling. */
export const allocatedBytes = (textBytes: number): number => {
  const bytes = Math.max(textBytes + STRING_EXTRA_BYTES, 16);
  const step = 2 ** Math.floor(Math.log2(bytes - 1)) / 4;
  return Math.ceil(bytes / step) * step;
};

/** `requestBytes` is the sum of {@link allocatedBytes} of the rows' requests. */
export const memoryNeed = (rows: number, requestBytes: number, { usedBytes, maxBytes }: MemoryUse): MemoryNeed => {
  const waitingBytes = requestBytes + rows * WAITING_OVERHEAD_BYTES;
  const freeBytes =
    maxBytes === null ? null : Math.max(0, Math.floor((maxBytes * MEMORY_PERCENT_MAX) / 100) - usedBytes);
  return {
    waitingBytes,
    workedBytes: waitingBytes + rows * RECORD_BYTES,
    freeBytes,
    fits: freeBytes === null ? null : waitingBytes <= freeBytes,
  };
};
