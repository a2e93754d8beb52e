// The account's line as the outside sees it.
import type { LineState } from '@outpaint/shared/batch/batch-store';
import { explain } from '@outpaint/shared/errors/classify';
import type { CutLimit } from '@outpaint/shared/record/throttle';
import { wentBackJson } from './went-back.ts';

const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

/** Null where the limit is in force as it was set. */
const limitJson = (limit: CutLimit | null) =>
  limit === null ? null : { in_force: limit.inForce, of: limit.full, code: limit.code, since: iso(limit.cutAt) };

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
  doubts: {
    waiting: Math.max(0, line.doubts - line.reconciling.held),
    held: line.reconciling.held,
    suspected_duplicates: line.reconciling.suspects,
    strangers: line.reconciling.strangers,
    looked_at: iso(line.reconciling.at),
    failed: line.reconciling.failed,
  },
  retries_waiting: line.retriesWaiting,
  expiring: line.expiring,
  throttled: {
    submit_rate: limitJson(line.throttle.submitRate),
    slots: limitJson(line.throttle.slots),
    query_rate: limitJson(line.throttle.queryRate),
  },
  redis_went_back: wentBackJson(line.wentBack),
});
