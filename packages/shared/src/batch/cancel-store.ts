// Cancelling of batches in Redis: begun by a person, carried out by the workers.
import type { Redis } from 'ioredis';
import { type BatchName, type ExpansionId, SINGLE_BATCH } from '../contract/ids.ts';
import { OutpaintError } from '../errors/outpaint-error.ts';
import { RECORD_VERSION } from '../lifecycle/record.ts';
import type { Keys } from '../record/keys.ts';
import { endLease, takeLease } from '../record/lease.ts';
import type { ScriptTime } from '../record/redis-record-store.ts';
import { runScript } from '../record/run-script.ts';
import { cancelLua, cancelRowsLua } from './cancel-scripts.ts';

/** Rows of one script call: some 2 ms of Redis. */
export const CANCEL_ROWS_MAX = 100;
/** Slots looked at for tasks that may be withdrawn; the account allows a few. */
const SLOTS_MAX = 5_000;

export interface CancelStore {
  /** At once for a batch of any size: no licence and no new row afterwards. False where it has ended already. Throws `batch_single`. */
  begin(name: BatchName): Promise<boolean>;
  /** Batches whose rows are being withdrawn. */
  under(): Promise<BatchName[]>;
  /** Cancels up to {@link CANCEL_ROWS_MAX} rows that nothing is paid for. Safe to repeat. */
  rows(name: BatchName): Promise<{ cancelled: number; left: number }>;
  /** Rows with a task that upstream has not refused to cancel yet. */
  withdrawable(name: BatchName): Promise<ExpansionId[]>;
  lease(holder: string, ms: number): Promise<boolean>;
  endLease(holder: string): Promise<void>;
}

export const createCancelStore = (redis: Redis, keys: Keys, time?: ScriptTime): CancelStore => {
  const run = (lua: string, args: readonly (string | number)[]): Promise<unknown> =>
    runScript(redis, lua, keys.batches, [keys.prefix, time ? time() : '', RECORD_VERSION, ...args]);
  return {
    begin: async (name) => {
      if (name === SINGLE_BATCH)
        throw new OutpaintError('batch_single', 'Single requests stand in a batch that is never cancelled.');
      const begun = await run(cancelLua, [name]);
      if (begun === -1)
        throw new OutpaintError('batch_newer', `The batch ${name} is not there, or of a later version.`, {
          facts: { name },
        });
      return begun === 1;
    },
    under: async () => (await redis.smembers(keys.cancelling)).sort() as BatchName[],
    rows: async (name) => {
      const [cancelled, left] = (await run(cancelRowsLua, [name, CANCEL_ROWS_MAX])) as [number, number];
      return { cancelled, left };
    },
    withdrawable: async (name) => {
      const ids = (await redis.zrange(keys.slots, '0', String(SLOTS_MAX - 1))) as ExpansionId[];
      const pipeline = redis.pipeline();
      for (const id of ids) pipeline.hmget(keys.record(id), 'batch', 'status', 'withdraw');
      const replies = (await pipeline.exec()) ?? [];
      return ids.filter((_, i) => {
        const [batch, status, withdraw] = (replies[i]?.[1] ?? []) as (string | null)[];
        return batch === name && status === 'submitted' && withdraw !== 'refused';
      });
    },
    lease: (holder, ms) => takeLease(redis, keys.canceller, holder, ms),
    endLease: (holder) => endLease(redis, keys.canceller, holder),
  };
};
