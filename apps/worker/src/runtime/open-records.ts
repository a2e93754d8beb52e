// The records as this worker writes them: plainly, or so that replicas have what was paid for.
import type { Clock } from '@outpaint/shared/lifecycle/clock';
import { connectStore, type RedisConnection } from '@outpaint/shared/queue/connections';
import type { Keys } from '@outpaint/shared/record/keys';
import type { RecordStore } from '@outpaint/shared/record/record-store';
import { createRedisRecordStore } from '@outpaint/shared/record/redis-record-store';
import type { Logger } from '@outpaint/shared/telemetry/logger';
import { createReplicatedRecords } from './replicated-records.ts';
import type { WorkerSettings } from './worker-settings.ts';

/** What one command may take beside the waits that stand before it. */
const COMMAND_MS_MAX = 10_000;

/** Adds the connection that it opens to `connections`; whoever closes those closes it. */
export const openRecords = (o: {
  readonly settings: WorkerSettings;
  readonly keys: Keys;
  readonly plain: RecordStore;
  readonly connections: RedisConnection[];
  readonly clock: Clock;
  readonly stopped: AbortSignal;
  readonly onError: (error: Error) => void;
  readonly log: Logger;
}): RecordStore => {
  const { redisUrl, redisWaitReplicas: replicas, redisWaitMs: waitMs } = o.settings.redis;
  if (replicas === 0) return o.plain;
  // Each submit under way may have a wait for its licence and one for its task id in line.
  const waitsMax = 2 * o.settings.worker.submitConcurrency;
  const connection = connectStore(redisUrl, 'replicated', COMMAND_MS_MAX + waitsMax * waitMs);
  connection.on('error', o.onError);
  o.connections.push(connection);
  const paid = createRedisRecordStore(connection, o.keys);
  return createReplicatedRecords({ ...o, records: o.plain, paid, connection, replicas, waitMs });
};
