// Does to a run what the plan says, as far as the run has come, and counts what was really done.
import { join } from 'node:path';
import { copyAof, restoreAof } from './aof-copy.ts';
import type { ChaosEvent, ChaosKind } from './chaos-plan.ts';
import type { Crew } from './crew.ts';
import { later } from './later.ts';
import { LOCK_S, queryRate, SETTLE_S, submitRate } from './scaled-settings.ts';
import type { World } from './world.ts';

export interface ChaosPlay {
  /** Nothing new from now on; resolves when all that lasts is over: nobody frozen, Redis up, the store there. */
  end(): Promise<void>;
  readonly done: Readonly<Partial<Record<ChaosKind, number>>>;
  /** What went wrong with the chaos itself. */
  readonly problems: readonly string[];
}

/**
 * While something holds the run up, what is planned for later comes after so long all the same. It counts only while the
 * whole crew is up: who is killed faster than it can start does no work at all, on a slow machine.
 */
const LULL_MS = 8_000;
const LOOK_MS = 100;
const STORE_AWAY_S = 600;
/** Somebody else may sit on a port for a moment that was ours. */
const PORT_TRIES_MAX = 50;
const ARREARS = {
  status: 400,
  code: 'Arrearage',
  message: 'Access denied, please make sure your account is in good standing.',
};

const untilItWorks = async (work: () => Promise<void>): Promise<void> => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt >= PORT_TRIES_MAX) throw error;
      await later(LOOK_MS);
    }
  }
};

export const playChaos = (
  plan: readonly ChaosEvent[],
  world: World,
  crew: Crew,
  /** The part of the rows that has ended, 0 to 1. */
  progress: () => number,
): ChaosPlay => {
  const { redis, gate, sandbox, t } = world;
  const done: Partial<Record<ChaosKind, number>> = {};
  const problems: string[] = [];
  const lasting = new Set<Promise<void>>();
  const ended = new AbortController();
  let redisTurn = Promise.resolve();

  /** One thing at a time is done to Redis. */
  const toRedis = (work: () => Promise<void>): Promise<void> => {
    redisTurn = redisTurn.then(work);
    return redisTurn;
  };

  const deeds: Record<ChaosKind, (choice: number) => Promise<void> | false> = {
    kill: (choice) => crew.kill(choice) && Promise.resolve(),
    // Half of them past the lock, half of them past the moment when a doubt counts as settled.
    freeze: (choice) =>
      crew.freeze(
        (choice * 7) % 1,
        choice < 0.5 ? t(LOCK_S * (1.2 + choice)) : t(SETTLE_S * (0.6 + choice)),
        ended.signal,
      ),
    redis_kill: (choice) =>
      toRedis(async () => {
        await redis.kill('SIGKILL');
        await later(t(60 * choice));
        await untilItWorks(redis.start);
      }),
    redis_pause: (choice) =>
      toRedis(async () => {
        const { pid } = redis;
        if (pid === undefined) return;
        process.kill(pid, 'SIGSTOP');
        await later(t(40 + 120 * choice));
        process.kill(pid, 'SIGCONT');
      }),
    redis_restore: (choice) =>
      toRedis(async () => {
        const copy = join(world.dir, 'redis-copy');
        await copyAof(redis.dir, copy);
        await later(t(40 + 120 * choice));
        await redis.kill('SIGKILL');
        await restoreAof(redis.dir, copy);
        await untilItWorks(redis.start);
      }),
    store_away: async () => {
      await gate.set('away');
      await later(t(STORE_AWAY_S));
      await untilItWorks(gate.clear);
    },
    burst: async (choice) => {
      await sandbox.change({ submitRate: 0, queryRate: 0 });
      await later(t(20 + 40 * choice));
      await sandbox.change({ submitRate: submitRate(t), queryRate: queryRate(t) });
    },
    arrears: async (choice) => {
      await sandbox.setAccount(ARREARS);
      await later(t(60 + 120 * choice));
      await sandbox.setAccount('ok');
    },
  };

  const play = async (): Promise<void> => {
    for (const event of plan) {
      let lullEnds = performance.now() + LULL_MS;
      while (progress() < event.at && performance.now() < lullEnds && !ended.signal.aborted) {
        await later(LOOK_MS);
        if (!crew.isComplete()) lullEnds = performance.now() + LULL_MS;
      }
      let deed: Promise<void> | false = false;
      // A worker that was just killed takes a moment to be there again.
      while (!ended.signal.aborted && deed === false) {
        deed = deeds[event.kind](event.choice);
        if (deed === false) await later(LOOK_MS);
      }
      if (deed === false) return;
      done[event.kind] = (done[event.kind] ?? 0) + 1;
      const kept: Promise<void> = deed
        .catch((error: unknown) => {
          problems.push(`${event.kind}: ${error instanceof Error ? error.message : String(error)}`);
        })
        .then(() => void lasting.delete(kept));
      lasting.add(kept);
    }
  };
  const playing = play();
  return {
    done,
    problems,
    end: async () => {
      ended.abort();
      await playing;
      await Promise.all(lasting);
    },
  };
};
