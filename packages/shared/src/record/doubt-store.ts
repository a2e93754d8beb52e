// What reconciling reads and keeps beside the records: open submits, known tasks, suspects, our keys' ids, its lease.
import type { Redis } from 'ioredis';
import type { ExpansionId } from '../contract/ids.ts';
import type { OpenSubmit } from '../lifecycle/reconcile/open-submit.ts';
import type { Keys } from './keys.ts';
import { endLease, takeLease } from './lease.ts';
import { runScript } from './run-script.ts';
import { seenSuspectLua } from './scripts/seen-suspect.ts';
import { suspectLateLua } from './scripts/suspect-late.ts';

/** A task that is probably one too many: its row may have been paid twice. */
export interface Suspect {
  readonly task_id: string;
  /** The rows that it may belong to. */
  readonly expansion_ids: readonly string[];
  /** `late_answer`: its own answer said so · `listed`: it was listed after its submit had been let go. */
  readonly why: 'late_answer' | 'listed';
  readonly created_at: number | null;
  readonly found_at: number;
}

export interface PassState {
  /** Epoch ms by Redis' clock; null before the first pass. */
  readonly at: number | null;
  /** Up to where the list was read for late tasks, by upstream's clock. */
  readonly mark: number | null;
  readonly strangers: number;
  /** Why the list could not be read the last time; null if it could. */
  readonly failed: string | null;
}

export interface OpenIds {
  readonly doubts: readonly ExpansionId[];
  /** Rows that hold a slot: among them those whose POST is under way. */
  readonly slots: readonly ExpansionId[];
  readonly released: readonly OpenSubmit[];
  /** Redis has gone back in time and is not put right: tasks of ours are unknown to it, so nothing may be concluded. */
  readonly wentBack: boolean;
}

export interface DoubtStore {
  /** One moment's view. Released submits older than `releasedMsMax` are forgotten first. */
  open(now: number, releasedMsMax: number): Promise<OpenIds>;
  /** By task: which row has it and under which key name it was submitted. Tasks that no row has are left out. */
  knownTasks(taskIds: readonly string[]): Promise<ReadonlyMap<string, { id: ExpansionId; keyName: string | null }>>;
  keyIds(): Promise<ReadonlyMap<string, string>>;
  /** Remembers which id the account lists a key of ours under. */
  learnKeyIds(keyIds: ReadonlyMap<string, string>): Promise<void>;
  /** True where it was not known before. */
  suspect(suspect: Suspect): Promise<boolean>;
  /** As {@link suspect}, for the task that a late answer named; false also where the row has this very task. */
  suspectLate(id: ExpansionId, suspect: Suspect): Promise<boolean>;
  suspects(): Promise<readonly Suspect[]>;
  /** A person has looked at it: from then on the task is known, so that no pass suspects it anew. False where it was not on the list. */
  forgetSuspect(taskId: string): Promise<boolean>;
  state(): Promise<PassState>;
  keepState(state: PassState): Promise<void>;
  /** True while nobody else makes a pass, or `holder` does already. */
  lease(holder: string, ms: number): Promise<boolean>;
  endLease(holder: string): Promise<void>;
}

const SUSPECTS_MAX = 1_000;
const IDS_PER_CALL = 500;

const openLua = /* lua */ `
local p = ARGV[1]
redis.call('ZREMRANGEBYSCORE', p .. 'released', '-inf', ARGV[2])
return { redis.call('ZRANGE', p .. 'doubts', 0, 999), redis.call('ZRANGE', p .. 'slots', 0, 4999), redis.call('ZRANGE', p .. 'released', 0, 999),
  redis.call('EXISTS', p .. 'back') }
`;

const numberOrNull = (text: string | undefined): number | null =>
  text === undefined || text === '' ? null : Number(text);

export const readPassState = (hash: Record<string, string>): PassState => ({
  at: numberOrNull(hash.at),
  mark: numberOrNull(hash.mark),
  strangers: Number(hash.strangers ?? 0),
  failed: hash.failed === undefined || hash.failed === '' ? null : hash.failed,
});

export const createDoubtStore = (redis: Redis, keys: Keys): DoubtStore => ({
  open: async (now, releasedMsMax) => {
    const args = [keys.prefix, now - releasedMsMax];
    const [doubts, slots, released, back] = (await runScript(redis, openLua, keys.doubts, args)) as [
      ExpansionId[],
      ExpansionId[],
      string[],
      number,
    ];
    return { doubts, slots, wentBack: back === 1, released: released.map((text) => JSON.parse(text) as OpenSubmit) };
  },

  knownTasks: async (taskIds) => {
    const known = new Map<string, { id: ExpansionId; keyName: string | null }>();
    for (let i = 0; i < taskIds.length; i += IDS_PER_CALL) {
      const chunk = taskIds.slice(i, i + IDS_PER_CALL);
      const values = await redis.mget(...chunk.map((taskId) => keys.task(taskId)));
      for (const [j, value] of values.entries()) {
        if (value === null) continue;
        const [id = '', keyName = ''] = value.split(' ');
        known.set(chunk[j] as string, { id: id as ExpansionId, keyName: keyName === '' ? null : keyName });
      }
    }
    return known;
  },

  keyIds: async () => new Map(Object.entries(await redis.hgetall(keys.keyIds))),

  learnKeyIds: async (keyIds) => {
    if (keyIds.size > 0) await redis.hset(keys.keyIds, Object.fromEntries(keyIds));
  },

  suspect: async (suspect) => {
    if ((await redis.hlen(keys.suspects)) >= SUSPECTS_MAX) return true;
    return (await redis.hsetnx(keys.suspects, suspect.task_id, JSON.stringify(suspect))) === 1;
  },

  suspectLate: async (id, suspect) => {
    const args = [keys.prefix, '', 1, id, suspect.task_id, JSON.stringify(suspect)];
    return (await runScript(redis, suspectLateLua, keys.suspects, args)) === 1;
  },

  suspects: async () => Object.values(await redis.hgetall(keys.suspects)).map((text) => JSON.parse(text) as Suspect),

  forgetSuspect: async (taskId) =>
    (await runScript(redis, seenSuspectLua, keys.suspects, [keys.prefix, '', 1, taskId])) === 1,

  state: async () => readPassState(await redis.hgetall(keys.reconcile)),

  keepState: async ({ at, mark, strangers, failed }) => {
    await redis.hset(keys.reconcile, { at: at ?? '', mark: mark ?? '', strangers, failed: failed ?? '' });
  },

  lease: (holder, ms) => takeLease(redis, keys.reconciling, holder, ms),

  endLease: (holder) => endLease(redis, keys.reconciling, holder),
});
