// Decides which of all that is under way goes on next: nothing in a run moves but by one of its steps.
import { setImmediate as macrotask } from 'node:timers/promises';
import type { Clock } from '@outpaint/shared/lifecycle/clock';
import type { Chance } from './chance.ts';

/** Something that runs code and can be killed or stand still: a worker process, or a person with the CLI. */
export interface Actor {
  readonly name: string;
  alive: boolean;
  /** Until then none of its code runs; calls that had left it go on. */
  frozenUntil: number;
}

interface Pending {
  at: number;
  /** Null for what happens by itself: a request on its way, a token that becomes due. */
  actor: Actor | null;
  go: () => void;
}

export interface Scheduler {
  readonly now: () => number;
  /** Runs `go` at `inMs` or later; never once its actor is dead. */
  later(actor: Actor | null, inMs: number, go: () => void): void;
  /** As `later`, for an answer that this actor waits for: the moment at which it may be killed or stand still. */
  reply(actor: Actor, inMs: number, go: () => void): void;
  onReply: (actor: Actor) => void;
  /** How long a call, or its answer, is on its way: mostly nothing, now and then long. */
  delay(): number;
  clockOf(actor: Actor): Clock;
  /** Takes one step; false where nothing is left to happen. */
  step(): Promise<boolean>;
}

export const createScheduler = (chance: Chance, startAt: number): Scheduler => {
  const pending: Pending[] = [];
  let now = startAt;

  const readyAt = (item: Pending): number =>
    item.actor === null ? item.at : Math.max(item.at, item.actor.frozenUntil);

  const take = (): Pending | null => {
    for (;;) {
      let soonest = Number.POSITIVE_INFINITY;
      let ready = 0;
      for (let i = pending.length - 1; i >= 0; i -= 1) {
        const item = pending[i] as Pending;
        if (item.actor !== null && !item.actor.alive) {
          pending[i] = pending.at(-1) as Pending;
          pending.pop();
          continue;
        }
        const at = readyAt(item);
        if (at <= now) ready += 1;
        else if (at < soonest) soonest = at;
      }
      if (ready === 0) {
        if (soonest === Number.POSITIVE_INFINITY) return null;
        now = soonest;
        continue;
      }
      let chosen = chance.int(0, ready - 1);
      for (let i = 0; i < pending.length; i += 1) {
        const item = pending[i] as Pending;
        if (readyAt(item) > now) continue;
        if (chosen === 0) {
          pending[i] = pending.at(-1) as Pending;
          pending.pop();
          return item;
        }
        chosen -= 1;
      }
    }
  };

  const later: Scheduler['later'] = (actor, inMs, go) => {
    pending.push({ at: now + Math.max(0, Math.round(inMs)), actor, go });
  };

  const scheduler: Scheduler = {
    now: () => now,
    later,
    reply: (actor, inMs, go) => {
      scheduler.onReply(actor);
      later(actor, inMs, go);
    },
    onReply: () => undefined,
    delay: () => {
      const kind = chance.next();
      if (kind < 0.6) return 0;
      if (kind < 0.95) return chance.int(1, 40);
      return chance.int(40, 2_000);
    },
    clockOf: (actor) => ({
      now: () => now,
      monotonic: () => now,
      wait: (ms, signal) =>
        new Promise((resolve) => {
          if (signal.aborted) return resolve();
          later(actor, ms, resolve);
          signal.addEventListener('abort', () => later(actor, 0, resolve), { once: true });
        }),
    }),
    step: async () => {
      const item = take();
      if (item === null) return false;
      item.go();
      // Every promise that this step let go on runs until it waits for the next step.
      await macrotask();
      return true;
    },
  };
  return scheduler;
};
