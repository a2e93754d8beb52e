// Tasks of an account stand in line for a slot: first come, first served, and never more at work than slots.
import type { Task } from './task.ts';

export interface SlotLine {
  join(task: Task): void;
  /** True if the task was still waiting and has left the line. */
  leave(task: Task): boolean;
  /** Starts whatever fits, in every account. */
  wake(): void;
}

interface Parts {
  /** Slots of each account, asked for anew each time. */
  readonly slots: () => number;
  /** Resolves when the task gives its slot back; must not reject. */
  readonly run: (task: Task) => Promise<void>;
  readonly closing: AbortSignal;
}

export function openSlotLine({ slots, run, closing }: Parts): SlotLine {
  const accounts = new Map<string, { readonly waiting: Task[]; running: number }>();

  const start = (name: string) => {
    const account = accounts.get(name);
    while (account !== undefined && !closing.aborted && account.running < slots()) {
      const task = account.waiting.shift();
      if (task === undefined) return;
      account.running += 1;
      void run(task).then(() => {
        account.running -= 1;
        start(name);
      });
    }
  };

  return {
    join(task) {
      const account = accounts.get(task.account) ?? { waiting: [], running: 0 };
      accounts.set(task.account, account);
      account.waiting.push(task);
      // Later, so that the submit is answered PENDING whatever is free.
      setImmediate(start, task.account);
    },
    leave(task) {
      const waiting = accounts.get(task.account)?.waiting ?? [];
      const place = waiting.indexOf(task);
      if (place < 0) return false;
      waiting.splice(place, 1);
      return true;
    },
    wake() {
      for (const name of accounts.keys()) start(name);
    },
  };
}
