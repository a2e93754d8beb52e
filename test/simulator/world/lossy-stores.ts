// The model's stores and queues as one actor reaches them: over a wire, under a planted bug, noticed by the run.
import type { TokenQueues } from '@outpaint/shared/queue/token-queues';
import type { DoubtStore } from '@outpaint/shared/record/doubt-store';
import type { RecordStore } from '@outpaint/shared/record/record-store';
import type { SimulatedBatches } from '../model/model-batches.ts';
import type { Actor } from '../scheduler.ts';
import type { Wire } from './wire.ts';

export interface Stores {
  readonly records: RecordStore;
  readonly batches: SimulatedBatches;
  readonly queues: Omit<TokenQueues, 'close'>;
  readonly doubts: DoubtStore;
}

/** Hears of a call that was sent again before anything else happened, and of both its answers. */
export type Twice = (what: string, first: unknown, again: unknown) => void;

export const overWire = (wire: Wire, actor: Actor, inner: Stores, twice: Twice): Stores => {
  const { records, batches, queues, doubts } = inner;
  const on = <T>(effect: () => Promise<T>): Promise<T> => wire.call(actor, effect);
  const onceOnly = <T>(what: string, effect: () => Promise<T>): Promise<T> =>
    wire.call(actor, effect, (first, again, between) => {
      if (between === 0) twice(what, first, again);
    });
  return {
    records: {
      now: () => on(() => records.now()),
      read: (id) => on(() => records.read(id)),
      readMany: (ids) => on(() => records.readMany(ids)),
      history: (id) => on(() => records.history(id)),
      apply: (record, transition, caller) =>
        onceOnly(`apply ${transition.name}`, () => records.apply(record, transition, caller)),
      licence: (record, terms, caller, seen) => onceOnly('licence', () => records.licence(record, terms, caller, seen)),
      overdue: (max) => on(() => records.overdue(max)),
      repairSlots: () => on(() => records.repairSlots()),
    },
    batches: {
      open: (name, options) => on(() => batches.open(name, options)),
      accept: (name, requests) => on(() => batches.accept(name, requests)),
      seal: (name) => on(() => batches.seal(name)),
      read: (name) => on(() => batches.read(name)),
      pause: (name, by) => on(() => batches.pause(name, by)),
      resume: (name, only) => on(() => batches.resume(name, only)),
      feed: (terms) => on(() => batches.feed(terms)),
      resumeLine: () => on(() => batches.resumeLine()),
    },
    queues: {
      addToken: (...token) => on(() => queues.addToken(...token)),
      addTokens: (stage, tokens) => on(() => queues.addTokens(stage, tokens)),
      wakeToken: (stage, id, hop) => on(() => queues.wakeToken(stage, id, hop)),
      tokenState: (stage, id, hop) => on(() => queues.tokenState(stage, id, hop)),
      addLetter: (letterId, letter) => on(() => queues.addLetter(letterId, letter)),
      rewriteLetter: (letterId, rewrite) => on(() => queues.rewriteLetter(letterId, rewrite)),
      readLetter: (letterId) => on(() => queues.readLetter(letterId)),
      removeLetter: (letterId) => on(() => queues.removeLetter(letterId)),
    },
    doubts: {
      open: (now, releasedMsMax) => on(() => doubts.open(now, releasedMsMax)),
      knownTasks: (taskIds) => on(() => doubts.knownTasks(taskIds)),
      keyIds: () => on(() => doubts.keyIds()),
      learnKeyIds: (keyIds) => on(() => doubts.learnKeyIds(keyIds)),
      suspect: (suspect) => on(() => doubts.suspect(suspect)),
      suspectLate: (id, suspect) => on(() => doubts.suspectLate(id, suspect)),
      suspects: () => on(() => doubts.suspects()),
      forgetSuspect: (taskId) => on(() => doubts.forgetSuspect(taskId)),
      state: () => on(() => doubts.state()),
      keepState: (state) => on(() => doubts.keepState(state)),
      lease: (holder, ms) => on(() => doubts.lease(holder, ms)),
      endLease: (holder) => on(() => doubts.endLease(holder)),
    },
  };
};
