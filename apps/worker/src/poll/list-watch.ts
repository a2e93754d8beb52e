// Watches all tasks at work by the account's list, where that takes fewer requests, and wakes the rows whose tasks ended.
import type { PollBounds } from '@outpaint/shared/lifecycle/backoff';
import type { Clock } from '@outpaint/shared/lifecycle/clock';
import {
  createListTrust,
  endedAmong,
  type InFlight,
  isListCheaper,
  type ListTrust,
  listTickMs,
} from '@outpaint/shared/lifecycle/list-watch';
import { listWindowOf, type SubmitGap, submitGapOf, youngMs } from '@outpaint/shared/lifecycle/list-window';
import type { TokenQueues } from '@outpaint/shared/queue/token-queues';
import type { Logger } from '@outpaint/shared/telemetry/logger';
import { type Rounds, startRounds } from '../rounds/start-rounds.ts';
import type { ReadAtWork } from './read-at-work.ts';

export interface ListWatchDeps {
  readonly inFlight: () => Promise<readonly InFlight[]>;
  readonly readAtWork: ReadAtWork;
  readonly queues: Pick<TokenQueues, 'wakeToken'>;
  /** One worker reads the list: `take` says whether it is this one, for so long. */
  readonly lease: { take(ms: number): Promise<boolean>; end(): Promise<void> };
  /** Of the tasks that have ended lately; null while nothing is learned. */
  readonly meanMs: () => number | null;
  readonly shortestMs: () => number | null;
  /** Pages of the list that may be asked for in a second. */
  readonly pagesPerSecond: number;
  readonly bounds: PollBounds;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface ListWatch extends Rounds {
  /** Whether some worker reads the list: a row then needs no looks of its own but a late one, should the list fail it. */
  readonly isOn: () => boolean;
}

interface Woken {
  /** How often its task had been looked at by then. */
  readonly polls: number;
  readonly at: number;
  /** It has been looked at since, and was at work. */
  wasWrong: boolean;
}

/** Two pages are what the first reading of the list costs at most, with few tasks. */
const PAGES_EXPECTED = 2;
/** A list is no look at a task: it may come more often than the API advises those, by so much. */
const TICKS_PER_LOOK = 3;
const LEASE_TICKS = 4;
/** After a failed reading, and after too many wrong ones, plain looks for so long. */
const FAILED_MS = 60_000;
const MISTRUST_MS = 600_000;

export const startListWatch = (deps: ListWatchDeps): ListWatch => {
  const { clock, log, bounds } = deps;
  /** Until something is learned: at the documented gaps about as long as the documented sample. */
  const meanMs = (): number => deps.meanMs() ?? 2 * bounds.delayMsMax;
  let pages = PAGES_EXPECTED;
  const tickMs = (): number => {
    const min = Math.max(bounds.delayMsMin / TICKS_PER_LOOK, (1_000 * pages) / deps.pagesPerSecond);
    return listTickMs(meanMs(), { min, max: bounds.delayMsMax });
  };
  let isOn = false;
  let isOurs = false;
  let gap: SubmitGap | null = null;
  /** Until it was wrong too often: a part of the list may mean something else than is thought. */
  let isPartRead = true;
  let restsUntil = 0;
  let trust = createListTrust();
  let woken = new Map<string, Woken>();

  const wake = async (rows: readonly InFlight[]): Promise<void> => {
    const at = clock.monotonic();
    for (const row of rows) {
      woken.set(row.taskId, { polls: row.polls, at, wasWrong: false });
      await deps.queues.wakeToken('poll', row.id, row.hop);
    }
  };
  /** Rows that wait for the list wait in vain now: each is looked at once, and then as often as if there were no list. */
  const stop = async (rows: readonly InFlight[], restMs = 0): Promise<void> => {
    restsUntil = Math.max(restsUntil, clock.monotonic() + restMs);
    isOn = false;
    if (!isOurs) return;
    isOurs = false;
    await wake(rows);
    woken = new Map();
    await deps.lease.end();
  };

  const judge = (rows: readonly InFlight[], of: ListTrust): void => {
    const now = new Map(rows.map((row) => [row.taskId, row]));
    for (const [taskId, one] of woken) {
      const row = now.get(taskId);
      const isWrong = row !== undefined && row.polls > one.polls;
      if (isWrong ? !one.wasWrong : row === undefined && !one.wasWrong) of.judged(isWrong);
      one.wasWrong ||= isWrong;
      // One that is still at work is woken again when a plain look would be due.
      if (row === undefined || clock.monotonic() - one.at >= bounds.delayMsMax) woken.delete(taskId);
    }
  };

  const failed = async (rows: readonly InFlight[], code: string, stopped: AbortSignal): Promise<void> => {
    if (stopped.aborted) return;
    log.warn({ code }, 'the list of tasks at work could not be read: tasks are looked at one by one');
    await stop(rows, FAILED_MS);
  };

  const compare = async (stopped: AbortSignal): Promise<void> => {
    const rows = await deps.inFlight();
    const terms = { inFlight: rows.length, meanMs: meanMs(), pages, tickMs: tickMs() };
    if (clock.monotonic() < restsUntil || !isListCheaper(terms)) return stop(rows);
    if (!(await deps.lease.take(LEASE_TICKS * tickMs()))) {
      isOn = true;
      isOurs = false;
      return;
    }
    isOurs = true;
    judge(rows, trust);
    if (trust.isLost()) {
      trust = createListTrust();
      if (!isPartRead || gap === null) {
        log.warn({}, 'the list of tasks shows tasks at work as ended: tasks are looked at one by one');
        return stop(rows, MISTRUST_MS);
      }
      log.warn({}, 'the list of tasks shows tasks at work as ended: it is read as a whole from now on');
      isPartRead = false;
    }
    const young = youngMs(deps.shortestMs(), bounds.delayMsMin);
    const readAt = clock.now();
    const due = rows.filter(({ submittedAt }) => readAt - submittedAt >= young);
    if (due.length === 0) {
      isOn = true;
      return;
    }
    const window = isPartRead ? listWindowOf(due, gap) : null;
    const running = await deps.readAtWork('RUNNING', window, stopped);
    if (running.kind === 'failed') return failed(rows, running.code, stopped);
    gap = submitGapOf(rows, running.createdAt) ?? gap;
    let ended = endedAmong(due, running.createdAt);
    pages = running.pages;
    if (ended.some(({ taskId }) => !woken.has(taskId))) {
      const pending = await deps.readAtWork('PENDING', window, stopped);
      if (pending.kind === 'failed') return failed(rows, pending.code, stopped);
      ended = endedAmong(ended, pending.createdAt);
      pages += pending.pages;
    }
    isOn = true;
    await wake(ended.filter(({ taskId }) => !woken.has(taskId)));
  };
  const rounds = startRounds(
    { everyMs: tickMs, clock, log, failure: 'the list of tasks at work could not be compared with the rows' },
    async (stopped) => {
      try {
        await compare(stopped);
      } catch (error) {
        // Nobody is known to wake rows: they look for themselves.
        isOn = false;
        throw error;
      }
    },
  );
  return {
    isOn: () => isOn,
    stop: async () => {
      await rounds.stop();
      if (isOurs) await deps.lease.end().catch(() => undefined);
    },
  };
};
