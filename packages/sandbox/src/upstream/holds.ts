// Requests that are held unanswered until somebody lets them go, so that a test can act at exactly that point.

export interface Hold {
  readonly id: string;
  readonly at: string;
  readonly source: string | null;
  readonly taskId: string | null;
  /** Epoch milliseconds. */
  readonly since: number;
}

export interface Holds {
  list(): readonly Hold[];
  /** Holds the request; resolves `released`, or `gone` when its client has closed the connection. */
  add(hold: Omit<Hold, 'id'>, gone: AbortSignal): Promise<'released' | 'gone'>;
  /** Resolves with the held requests as soon as one matches, or with an empty list after the time in milliseconds. */
  waitForOne(filter?: HoldFilter, timeoutMs?: number): Promise<readonly Hold[]>;
  /** Lets matching requests go and says how many. */
  release(filter?: HoldFilter): number;
}

export interface HoldFilter {
  readonly id?: string | undefined;
  readonly at?: string | undefined;
  /** Part of the source. */
  readonly source?: string | undefined;
}

const WAIT_MS_DEFAULT = 30_000;

export function openHolds(): Holds {
  const held = new Map<string, { hold: Hold; end: (how: 'released' | 'gone') => void }>();
  const waiting = new Set<() => void>();
  let nextId = 1;

  const matching = (filter: HoldFilter = {}) =>
    [...held.values()].filter(
      ({ hold }) =>
        (filter.id === undefined || hold.id === filter.id) &&
        (filter.at === undefined || hold.at === filter.at) &&
        (filter.source === undefined || (hold.source ?? '').includes(filter.source)),
    );

  return {
    list: () => [...held.values()].map(({ hold }) => hold),
    add(details, gone) {
      const hold = { id: `hold-${nextId++}`, ...details };
      return new Promise((resolve) => {
        const end = (how: 'released' | 'gone') => {
          held.delete(hold.id);
          gone.removeEventListener('abort', left);
          resolve(how);
        };
        const left = () => end('gone');
        if (gone.aborted) return resolve('gone');
        gone.addEventListener('abort', left, { once: true });
        held.set(hold.id, { hold, end });
        for (const wake of waiting) wake();
      });
    },
    waitForOne(filter, timeoutMs = WAIT_MS_DEFAULT) {
      return new Promise((resolve) => {
        const look = () => {
          const found = matching(filter);
          if (found.length > 0) finish(found.map(({ hold }) => hold));
        };
        const finish = (found: readonly Hold[]) => {
          waiting.delete(look);
          clearTimeout(timer);
          resolve(found);
        };
        const timer = setTimeout(finish, timeoutMs, []);
        waiting.add(look);
        look();
      });
    },
    release(filter) {
      const found = matching(filter);
      for (const { end } of found) end('released');
      return found.length;
    },
  };
}
