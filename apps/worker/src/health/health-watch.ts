// Watches whether every stage still fetches, and says when only a new process can help.
import type { Clock } from '@outpaint/shared/lifecycle/clock';
import { createFetchPulse, type FetchPulse } from './fetch-pulse.ts';

export interface Health {
  readonly status: 'ok' | 'fetch_silent' | 'redis_away';
  /** Ms without a sign of fetching, by stage. */
  readonly silentMs: Readonly<Record<string, number>>;
}

/** Why the worker must end: `fetch_silent` though Redis answers, or `redis_away` for longer than anybody waits. */
export interface LastWord {
  readonly reason: 'fetch_silent' | 'redis_away';
  readonly stages: readonly string[];
  readonly silentMs: number;
}

export interface HealthWatch {
  /** The pulse of one stage, which begins to count now. */
  pulseOf(stage: string, concurrency: number): FetchPulse;
  health(): Health;
  /** Resolves when the worker must end; never rejects. */
  readonly lastWord: Promise<LastWord>;
  /** No fetch is expected any more. */
  stop(): void;
}

export interface HealthWatchDeps {
  readonly silenceMsMax: number;
  readonly redisAwayMsMax: number;
  readonly stepMsMax: number;
  /** Whether Redis answers somebody who connects now. Never rejects. */
  readonly redisAnswers: () => Promise<boolean>;
  readonly clock: Pick<Clock, 'monotonic' | 'wait'>;
}

/** Looks so often in one bound that the bound is kept to an eighth. */
const LOOKS = 8;

/**
 * While Redis itself is away the worker waits: no restart brings Redis back, BullMQ's workers return within seconds
 * of it, and this process may hold answers of paid submits that are nowhere else. Silence counts from the moment when
 * Redis was back.
 */
export const createHealthWatch = (deps: HealthWatchDeps): HealthWatch => {
  const { clock, silenceMsMax } = deps;
  const pulses = new Map<string, FetchPulse>();
  const stopped = new AbortController();
  const { promise: lastWord, resolve: say } = Promise.withResolvers<LastWord>();
  const everyMs = Math.max(50, silenceMsMax / LOOKS);
  /** A process that was stopped itself (SIGSTOP, a laptop's lid) has heard nothing either, and that is nobody's fault. */
  let awakeSince = clock.monotonic();
  let awaySince: number | null = null;
  let answersSince = Number.NEGATIVE_INFINITY;

  const silentMsOf = (pulse: FetchPulse): number => Math.min(pulse.silentMs(), clock.monotonic() - awakeSince);
  const silentLongerThan = (ms: number): [string, number][] =>
    [...pulses]
      .map(([stage, pulse]): [string, number] => [stage, silentMsOf(pulse)])
      .filter(([, silent]) => silent > ms);

  const look = async (): Promise<void> => {
    if (silentLongerThan(silenceMsMax).length === 0) {
      awaySince = null;
      return;
    }
    const answers = await deps.redisAnswers();
    const now = clock.monotonic();
    if (!answers) {
      awaySince ??= now;
      if (now - awaySince > deps.redisAwayMsMax) {
        say({ reason: 'redis_away', stages: [...pulses.keys()], silentMs: Math.round(now - awaySince) });
      }
      return;
    }
    if (awaySince !== null) answersSince = now;
    awaySince = null;
    const silent = silentLongerThan(2 * silenceMsMax);
    if (silent.length > 0 && now - answersSince > 2 * silenceMsMax) {
      const silentMs = Math.round(Math.max(...silent.map(([, ms]) => ms)));
      say({ reason: 'fetch_silent', stages: silent.map(([stage]) => stage), silentMs });
    }
  };

  const loop = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      const asleep = clock.monotonic();
      await clock.wait(everyMs, stopped.signal);
      if (clock.monotonic() - asleep > everyMs + silenceMsMax / 2) awakeSince = clock.monotonic();
      if (!stopped.signal.aborted) await look();
    }
  };
  void loop();

  return {
    pulseOf: (stage, concurrency) => {
      const pulse = createFetchPulse({ concurrency, stepMsMax: deps.stepMsMax, now: clock.monotonic });
      pulses.set(stage, pulse);
      return pulse;
    },
    health: () => {
      const silentMs = Object.fromEntries([...pulses].map(([stage, pulse]) => [stage, Math.round(silentMsOf(pulse))]));
      if (stopped.signal.aborted || silentLongerThan(silenceMsMax).length === 0) return { status: 'ok', silentMs };
      return { status: awaySince === null ? 'fetch_silent' : 'redis_away', silentMs };
    },
    lastWord,
    stop: () => stopped.abort(),
  };
};
