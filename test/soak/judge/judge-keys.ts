// The judge of Redis: every key belongs to something, and no token is left where nothing is to be done. Pure.

export interface KeyFacts {
  /** All keys of the installation, without its prefix. */
  readonly keys: readonly string[];
  readonly batches: readonly string[];
  /** Ids of the rows, and what they have become. */
  readonly statuses: ReadonlyMap<string, string>;
  /** The letters that must be there, by their job ids. */
  readonly letters: ReadonlySet<string>;
  /** Members of the sets by name, without the prefix. */
  readonly members: Readonly<Record<string, readonly string[]>>;
}

/** Sets that are empty when nothing is under way. */
export const SETS_EMPTY = ['due', 'fed', 'undelivered', 'expiring', 'ready'] as const;
/** Sets whose members are all in doubt when nothing is under way. */
export const SETS_OF_DOUBTS = ['slots', 'doubts', 'held', 'watch'] as const;

const STAGES = ['submit', 'poll', 'deliver'];
/** What BullMQ keeps of a queue itself. */
const OF_A_QUEUE = ['meta', 'id', 'events', 'marker', 'stalled-check', 'pc'];
/** Lists and sets of a queue's jobs: of a stage's queue none may be left. */
const OF_JOBS = [
  'wait',
  'paused',
  'active',
  'delayed',
  'prioritized',
  'waiting-children',
  'completed',
  'failed',
  'stalled',
];
/** One key each, for the whole installation. */
const ALONE = [
  ...SETS_EMPTY,
  ...SETS_OF_DOUBTS,
  'batches',
  'open',
  'list-watcher',
  'dead',
  'dead-intake',
  'cancelling',
  'reports',
  'retention',
  'canceller',
  'dead-codes',
  'line',
  'pace',
  'qpace',
  'high-water',
  'marks',
  'back',
  'throttle',
  'suspects',
  'released',
  'key-ids',
  'reconcile',
  'reconciling',
  'spend',
];
/** Kept for a bounded time, or bounded in size: what follows is an id of somebody else's, or a kind. */
const OF_OTHERS = ['t', 'i', 'durations'];

const ownedBy = (facts: KeyFacts, key: string): string | null => {
  const [head = '', rest = ''] = [key.split(':')[0], key.slice(key.indexOf(':') + 1)];
  if (!key.includes(':')) return ALONE.includes(key) ? null : 'no such key is known';
  if (['q', 'x', 'h'].includes(head)) return facts.statuses.has(rest) ? null : 'no such row was accepted';
  if (head === 'b') return facts.batches.includes(rest) ? null : 'no such batch was made';
  // Ended rows by status, and dead ones by code too. A batch's name holds no colon.
  if (head === 'e') return facts.batches.includes(rest.split(':')[0] ?? '') ? null : 'no such batch was made';
  if (head === 'bl') return 'nothing waits, so no backlog should be there';
  if (head === 'dead' || OF_OTHERS.includes(head)) return null;
  if (STAGES.includes(head) || head === 'intake') return OF_A_QUEUE.includes(rest) ? null : 'a token is left';
  if (head === 'dead-letter') {
    if (OF_A_QUEUE.includes(rest) || OF_JOBS.includes(rest)) return null;
    return facts.letters.has(rest) ? null : 'no row has died that death';
  }
  return 'no such key is known';
};

/** A sentence for each key without an owner and for each member of a set that should not be there. */
export const judgeKeys = (facts: KeyFacts): string[] => {
  const stray = facts.keys.flatMap((key) => {
    const why = ownedBy(facts, key);
    return why === null ? [] : [`key ${key}: ${why}`];
  });
  const wrong = (names: readonly string[], status: string | null): string[] =>
    names.flatMap((name) =>
      (facts.members[name] ?? [])
        .filter((id) => status === null || facts.statuses.get(id) !== status)
        .map((id) => `${name} holds ${id}, which is ${facts.statuses.get(id) ?? 'unknown'}`),
    );
  const dead = [...facts.statuses].filter(([, status]) => status === 'dead_lettered').map(([id]) => id);
  const listed = new Set(facts.members.dead ?? []);
  const there = new Set(facts.keys.flatMap((key) => (key.startsWith('dead-letter:') ? key.slice(12) : [])));
  return [
    ...stray,
    ...wrong(SETS_EMPTY, null),
    ...wrong(SETS_OF_DOUBTS, 'in_doubt'),
    ...wrong(['dead'], 'dead_lettered'),
    ...dead.filter((id) => !listed.has(id)).map((id) => `${id} is dead and not listed among the dead`),
    ...[...facts.letters].filter((letter) => !there.has(letter)).map((letter) => `the letter ${letter} is missing`),
  ];
};
