// Watches for a Redis that has gone back in time, and puts right what this worker can: its own submits, then the line.
import { codeOf } from '@outpaint/shared/errors/outpaint-error';
import type { Clock } from '@outpaint/shared/lifecycle/clock';
import type { HighWater, WentBack } from '@outpaint/shared/record/high-water';
import { type PutBackDeps, putBack } from '@outpaint/shared/record/put-back';
import { type Mark, NO_MARK } from '@outpaint/shared/record/record-store';
import type { Logger } from '@outpaint/shared/telemetry/logger';
import type { Upstream } from '@outpaint/shared/upstream/create-upstream';
import type { BucketMark } from './bucket-mark.ts';
import { readLostTasks } from './read-lost-tasks.ts';
import type { SubmitMemory } from './submit-memory.ts';

export interface BackWatchDeps extends PutBackDeps {
  readonly highWater: HighWater;
  readonly memory: SubmitMemory;
  readonly bucketMark: BucketMark;
  readonly upstream: Pick<Upstream, 'list'>;
  /** How long after it was noticed a list that shows nothing unknown means that there is nothing. */
  readonly settleMs: number;
  readonly everyMs: number;
  readonly clock: Clock;
  readonly onPutRight: () => void;
  readonly log: Logger;
}

export interface BackWatch {
  /** Resolves once the bucket's mark was held against Redis; before that nothing is submitted. Throws as the store does. */
  ready(): Promise<void>;
  /** Writes the mark to the bucket a last time. */
  stop(): Promise<void>;
}

/** Gaps between two looks at the upstream's list: soon for a short settle delay, at most twice a minute. */
const LOOK_MS = { min: 500, max: 30_000 } as const;
/** A bucket that hangs must not keep a worker from stopping. */
const LAST_WRITE_MS = 2_000;
/** A restart of everything within so long after a licence finds a mark without it. */
const BUCKET_EVERY_MS = 10_000;

export const startBackWatch = (deps: BackWatchDeps): BackWatch => {
  const { clock, highWater, memory, log } = deps;
  const stopped = new AbortController();
  const lookEveryMs = Math.min(LOOK_MS.max, Math.max(LOOK_MS.min, deps.settleMs / 10));
  let written: Mark = NO_MARK;
  let writtenAt = Number.NEGATIVE_INFINITY;
  let loading: Promise<void> | null = null;

  const lastWriteMs = (): Promise<void> => clock.wait(LAST_WRITE_MS, new AbortController().signal);

  const look = async (seen: Mark): Promise<WentBack | null> => {
    const { mark, back, isNews } = await highWater.look(seen);
    memory.see(mark);
    if (isNews) {
      log.error(
        { code: 'redis_went_back', remembered_mark: seen.mark, kept_mark: back?.keptMark, kept_at: back?.keptAt },
        'Redis has gone back in time and does not know what it had confirmed: nothing is submitted until the upstream lists no task that no row knows; see outpaint line status',
      );
    }
    return back;
  };

  const load = async (): Promise<void> => {
    const inBucket = await deps.bucketMark.read();
    if (inBucket !== null) await look(inBucket);
  };

  const lookAtList = async (back: WentBack): Promise<void> => {
    const now = clock.now();
    const listed = await readLostTasks(deps.upstream, back, now, stopped.signal);
    const unknown = await highWater.unknownOf(listed);
    await highWater.noteLook(unknown);
    // A submit that had left before may become a task only now: an early list proves nothing.
    if (unknown.length > 0 || now < back.since + deps.settleMs) return;
    if (await highWater.putRight(back.since)) {
      log.warn(
        { listed: listed.length },
        'Redis is put right: every task of the lost time belongs to a row; submitting goes on',
      );
      deps.onPutRight();
    }
  };

  const putRight = async (back: WentBack): Promise<void> => {
    const { restored, missing } = await putBack(deps, memory.after(back.keptMark));
    for (const id of restored)
      log.warn({ expansion_id: id, event: 'restored' }, 'task that Redis had forgotten put back');
    if (missing.length > 0) {
      log.debug({ missing: missing.length }, 'rows of remembered submits are not in Redis: run their manifests again');
    }
    if (await highWater.claimLook(lookEveryMs)) await lookAtList(back);
  };

  /** Read before it is written: another worker may have seen more, and this one must not take that back. */
  const keepInBucket = async (): Promise<void> => {
    const seen = memory.seen();
    if (seen.mark === 0 || seen.mark === written.mark) return;
    const inBucket = await deps.bucketMark.read();
    if (inBucket !== null) await look(inBucket);
    const mark = memory.seen();
    await deps.bucketMark.write(mark, clock.now());
    written = mark;
  };

  const round = async (): Promise<void> => {
    await watch.ready();
    const back = await look(memory.seen());
    if (back !== null) await putRight(back);
    if (clock.monotonic() - writtenAt < BUCKET_EVERY_MS) return;
    writtenAt = clock.monotonic();
    await keepInBucket();
  };

  const watch: BackWatch = {
    ready: () => {
      loading ??= load().catch((error: unknown) => {
        loading = null;
        throw error;
      });
      return loading;
    },
    stop: async () => {
      stopped.abort();
      await running;
      await Promise.race([keepInBucket(), lastWriteMs()]).catch((error: unknown) =>
        log.warn({ code: codeOf(error) }, 'the high-water mark was not written to the bucket at the end'),
      );
    },
  };

  const loop = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      await round().catch((error: unknown) =>
        log.warn({ code: codeOf(error) }, 'the high-water mark could not be looked at; tried again soon'),
      );
      await clock.wait(deps.everyMs, stopped.signal);
    }
  };
  const running = loop();
  return watch;
};
