// Which owner of a task is certain, when each task has exactly one owner and each owner at most one task. Pure.

export interface Ownership {
  /** Task → its only possible owner. */
  readonly owners: ReadonlyMap<number, number>;
  /** Owners that have no task in any possible assignment. */
  readonly without: ReadonlySet<number>;
}

/** A group larger than this is a flood, and for a person to look at: the work grows with its fourth power. */
export const GROUP_MAX = 48;

/**
 * `mayOwn[task]` names the possible owners of each task. Null where no assignment gives every task an owner: then the
 * premises are wrong, and nothing is certain. An owner is certain if no other assignment exists; that is a stronger
 * demand than one assignment being likely, because a swapped picture is worse than a held one.
 */
export const forcedOwners = (mayOwn: readonly (readonly number[])[], ownerCount: number): Ownership | null => {
  const base = assign(mayOwn, ownerCount, null);
  if (base === null) return null;
  const owners = new Map<number, number>();
  for (const [task, owner] of base.entries()) {
    const others = mayOwn.map((list, t) => (t === task ? list.filter((o) => o !== owner) : list));
    if (assign(others, ownerCount, null) === null) owners.set(task, owner);
  }
  const taken = new Set(base);
  const without = new Set<number>();
  for (let owner = 0; owner < ownerCount; owner += 1) {
    if (taken.has(owner)) continue;
    const claims = mayOwn.flatMap((list, task) => (list.includes(owner) ? [task] : []));
    // Some assignment gives it a task if giving it one leaves an owner for every other task.
    const possible = claims.some((task) => assign(mayOwn, ownerCount, { task, owner }) !== null);
    if (!possible) without.add(owner);
  }
  return { owners, without };
};

/** An owner for every task, found by augmenting paths (Kuhn); `fixed` is kept as given. Null where there is none. */
const assign = (
  mayOwn: readonly (readonly number[])[],
  ownerCount: number,
  fixed: { readonly task: number; readonly owner: number } | null,
): number[] | null => {
  const taskOf: (number | null)[] = Array.from({ length: ownerCount }, () => null);
  if (fixed !== null) taskOf[fixed.owner] = fixed.task;
  const place = (task: number, seen: Set<number>): boolean => {
    for (const owner of mayOwn[task] ?? []) {
      if (owner === fixed?.owner || seen.has(owner)) continue;
      seen.add(owner);
      const before = taskOf[owner] ?? null;
      if (before === null || place(before, seen)) {
        taskOf[owner] = task;
        return true;
      }
    }
    return false;
  };
  for (let task = 0; task < mayOwn.length; task += 1) {
    if (task !== fixed?.task && !place(task, new Set())) return null;
  }
  const ownerOf: number[] = [];
  for (const [owner, task] of taskOf.entries()) if (task !== null) ownerOf[task] = owner;
  return ownerOf;
};
