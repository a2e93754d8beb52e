// A call over a network: it arrives late or never, is sent again, and its answer comes late or never.
import type { Chance } from '../chance.ts';
import type { Actor, Scheduler } from '../scheduler.ts';
import type { Temper } from './temper.ts';

export interface Wire {
  /**
   * Runs `effect` when the call arrives, and resolves on the actor's side when its answer does. A call that its caller
   * sent before it died may still arrive. `twice` hears of a call that was sent again, with both answers.
   */
  call<T>(actor: Actor, effect: () => Promise<T>, twice?: (first: T, again: T, between: number) => void): Promise<T>;
  /** Nobody is answered before then. */
  outageUntil: number;
}

export const createWire = (scheduler: Scheduler, chance: Chance, temper: Temper, changes: () => number): Wire => {
  const wire: Wire = {
    outageUntil: 0,
    call: (actor, effect, twice) =>
      new Promise((resolve, reject) => {
        const answer = (go: () => void): void => scheduler.reply(actor, scheduler.delay(), go);
        const fail = (what: string): void => answer(() => reject(new Error(`simulated: ${what}`)));
        const failed = (error: unknown): void => answer(() => reject(error));
        /** What its caller sends once more is carried out once more. */
        const again = async (first: Awaited<ReturnType<typeof effect>>, seen: number): Promise<void> => {
          const between = changes() - seen;
          const second = await effect();
          twice?.(first, second, between);
          answer(() => resolve(second));
        };
        const carryOut = async (): Promise<void> => {
          const first = await effect();
          const seen = changes();
          if (chance.hits(temper.lost)) fail('the answer was lost');
          else if (!chance.hits(temper.resent)) answer(() => resolve(first));
          else scheduler.later(null, scheduler.delay(), () => void again(first, seen).catch(failed));
        };
        const arrive = (): void => {
          const awayMs = wire.outageUntil - scheduler.now();
          const isForgotten = !actor.alive && chance.hits(0.5);
          if (awayMs > 0) scheduler.later(null, awayMs, arrive);
          else if (!isForgotten && chance.hits(temper.lost)) fail('the call was lost');
          else if (!isForgotten) void carryOut().catch(failed);
        };
        scheduler.later(null, scheduler.delay(), arrive);
      }),
  };
  return wire;
};
