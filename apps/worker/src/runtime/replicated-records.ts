// Lets a licence and a task id count only once so many replicas have them: a failover then forgets neither.
import type { Clock } from '@outpaint/shared/lifecycle/clock';
import type { RedisConnection } from '@outpaint/shared/queue/connections';
import type { RecordStore } from '@outpaint/shared/record/record-store';
import type { Logger } from '@outpaint/shared/telemetry/logger';

export interface ReplicatedDeps {
  readonly records: RecordStore;
  /** On `connection`, which only these writes use: WAIT speaks of the writes of its own connection, and holds it up. */
  readonly paid: Pick<RecordStore, 'licence' | 'apply'>;
  readonly connection: Pick<RedisConnection, 'wait'>;
  readonly replicas: number;
  readonly waitMs: number;
  readonly clock: Clock;
  readonly stopped: AbortSignal;
  readonly log: Logger;
}

/** A replica that takes longer to come back is a matter for whoever reads the log. */
const TRIES_MAX = 60;
const REPEAT_MS = 1_000;

/**
 * A licence that too few replicas have is marked `unconfirmed`: it must not be used. A task id is written in any case,
 * for the master is the better place for it than none; how long it was the only one stands in the log.
 */
export const createReplicatedRecords = (o: ReplicatedDeps): RecordStore => {
  const reached = async (): Promise<number> => o.connection.wait(o.replicas, o.waitMs);

  const confirmLater = async (taskId: string): Promise<void> => {
    for (let tries = 1; tries <= TRIES_MAX && !o.stopped.aborted; tries += 1) {
      await o.clock.wait(REPEAT_MS, o.stopped);
      // A later write on this connection is waited for as well, which is more than is asked, and enough.
      const replicas = await reached().catch(() => 0);
      if (replicas < o.replicas) continue;
      o.log.info({ task_id: taskId, replicas }, 'task id has reached the replicas');
      return;
    }
    o.log.error({ task_id: taskId }, 'task id has not reached the replicas; the master alone knows it');
  };

  return {
    ...o.records,
    licence: async (record, terms, caller, seen) => {
      const answer = await o.paid.licence(record, terms, caller, seen);
      if (answer.kind !== 'granted') return answer;
      const replicas = await reached().catch(() => 0);
      if (replicas >= o.replicas) return answer;
      o.log.warn(
        { expansion_id: record.id, code: 'replicas_missing', replicas, wanted: o.replicas },
        'licence given back unused: too few replicas had it in time',
      );
      return { ...answer, unconfirmed: true };
    },
    apply: async (record, transition, caller) => {
      const taskId = transition.set?.task_id;
      if (taskId === undefined) return o.records.apply(record, transition, caller);
      const applied = await o.paid.apply(record, transition, caller);
      const replicas = await reached().catch(() => 0);
      if (replicas < o.replicas) {
        o.log.warn(
          { expansion_id: record.id, task_id: taskId, replicas, wanted: o.replicas },
          'too few replicas had the task id in time; waiting for them beside the work',
        );
        void confirmLater(String(taskId));
      }
      return applied;
    },
  };
};
