// What reconciling reads and keeps, in the model: the guarantees of `DoubtStore` in plain TypeScript, without Redis.
import type { ExpansionId } from '@outpaint/shared/contract/ids';
import type { OpenSubmit } from '@outpaint/shared/lifecycle/reconcile/open-submit';
import type { DoubtStore, PassState, Suspect } from '@outpaint/shared/record/doubt-store';
import { inOrder, type ModelState } from './model-state.ts';

export const createModelDoubts = (state: ModelState, time: () => number): DoubtStore => {
  const keyIds = new Map<string, string>();
  const suspects = new Map<string, Suspect>();
  let pass: PassState = { at: null, mark: null, strangers: 0, failed: null };
  let lease: { holder: string; until: number } | null = null;
  const suspect = (one: Suspect): boolean => {
    if (suspects.has(one.task_id)) return false;
    suspects.set(one.task_id, one);
    return true;
  };
  const idsOf = (list: ReadonlyMap<ExpansionId, number>): ExpansionId[] => inOrder(list).map(([id]) => id);
  return {
    open: async (now, releasedMsMax) => {
      for (const [text, at] of state.released) if (at <= now - releasedMsMax) state.released.delete(text);
      return {
        doubts: idsOf(state.doubts),
        slots: idsOf(state.slots),
        released: inOrder(state.released).map(([text]) => JSON.parse(text) as OpenSubmit),
        wentBack: false,
      };
    },
    knownTasks: async (taskIds) =>
      new Map(
        taskIds.flatMap((taskId) => {
          const owner = state.tasks.get(taskId);
          return owner === undefined ? [] : [[taskId, { id: owner.id, keyName: owner.keyName || null }]];
        }),
      ),
    keyIds: async () => new Map(keyIds),
    learnKeyIds: async (learned) => {
      for (const [name, id] of learned) keyIds.set(name, id);
    },
    suspect: async (one) => suspect(one),
    suspectLate: async (id, one) => {
      const row = state.rows.get(id);
      if (row?.fields.get('task_id') === one.task_id) return false;
      if (!state.tasks.has(one.task_id))
        state.tasks.set(one.task_id, { id, keyName: row?.fields.get('key_name') ?? '' });
      return suspect(one);
    },
    suspects: async () => [...suspects.values()],
    forgetSuspect: async (taskId) => {
      const id = suspects.get(taskId)?.expansion_ids[0];
      if (id !== undefined && !state.tasks.has(taskId)) state.tasks.set(taskId, { id: id as ExpansionId, keyName: '' });
      return suspects.delete(taskId);
    },
    state: async () => pass,
    keepState: async (next) => {
      pass = next;
    },
    lease: async (holder, ms) => {
      const now = time();
      if (lease !== null && lease.until > now && lease.holder !== holder) return false;
      lease = { holder, until: now + ms };
      return true;
    },
    endLease: async (holder) => {
      if (lease?.holder === holder) lease = null;
    },
  };
};
