// Gives forgotten tasks back to their rows, from what somebody remembers of the submits.
import type { ExpansionId } from '../contract/ids.ts';
import { type RememberedSubmit, toRestored } from '../lifecycle/moves/submit-moves.ts';
import type { ExpansionRecord } from '../lifecycle/record.ts';
import type { TokenQueues } from '../queue/token-queues.ts';
import type { RecordStore } from './record-store.ts';

export type SubmitOfRow = RememberedSubmit & { readonly id: ExpansionId };

export interface PutBackDeps {
  readonly records: Pick<RecordStore, 'readMany' | 'apply'>;
  readonly queues: Pick<TokenQueues, 'addToken'>;
  readonly newCaller: () => string;
  readonly watchMs: number;
  readonly priceMicro: number;
}

export interface PutBackResult {
  readonly restored: readonly ExpansionId[];
  /** Rows that Redis does not know at all: their manifest has to be run again first. */
  readonly missing: readonly ExpansionId[];
}

const CHUNK = 100;
/** The feed moves waiting rows while they are looked for in the bucket: each time the row is read anew. */
const TRIES_MAX = 20;

const restore = async (deps: PutBackDeps, first: ExpansionRecord, submit: SubmitOfRow): Promise<boolean> => {
  let record: ExpansionRecord | null = first;
  for (let tries = 0; record !== null && tries < TRIES_MAX; tries += 1) {
    const transition = toRestored(record, submit, deps);
    if (transition === null) return false;
    const applied = await deps.records.apply(record, transition, deps.newCaller());
    if (applied.kind === 'applied') {
      await deps.queues.addToken('poll', submit.id, applied.hop, 0);
      return true;
    }
    if (applied.kind !== 'refused') return false;
    [record = null] = await deps.records.readMany([submit.id]);
  }
  return false;
};

/** Safe to repeat, and at once by several: a row that knows as much, or more, is left as it is. */
export const putBack = async (deps: PutBackDeps, submits: readonly SubmitOfRow[]): Promise<PutBackResult> => {
  const restored: ExpansionId[] = [];
  const missing: ExpansionId[] = [];
  for (let i = 0; i < submits.length; i += CHUNK) {
    const chunk = submits.slice(i, i + CHUNK);
    const records = await deps.records.readMany(chunk.map(({ id }) => id));
    for (const [j, submit] of chunk.entries()) {
      const record = records[j] ?? null;
      if (record === null) {
        missing.push(submit.id);
        continue;
      }
      if (await restore(deps, record, submit)) restored.push(submit.id);
    }
  }
  return { restored, missing };
};
