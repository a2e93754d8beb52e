// The account's line as the outside sees it.
import type { LineState } from '@outpaint/shared/batch/batch-store';
import { explain } from '@outpaint/shared/errors/classify';

const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

export const lineJson = (line: LineState) => ({
  state: line.state,
  code: line.code,
  message: line.message,
  remedy: line.code === null ? null : explain(line.code).remedy,
  since: iso(line.since),
  next_probe_at: iso(line.probeAt),
  slots_in_use: line.slotsInUse,
  fed: line.fed,
  undelivered: line.undelivered,
  in_doubt: line.doubts,
  retries_waiting: line.retriesWaiting,
});
