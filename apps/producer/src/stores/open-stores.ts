// Connects a command to Redis and introduces the stores to it: the only file of the program that does.
import type { BatchStore } from '@outpaint/shared/batch/batch-store';
import { type CancelStore, createCancelStore } from '@outpaint/shared/batch/cancel-store';
import { type Hours, setHours } from '@outpaint/shared/batch/hours';
import { type MemoryUse, readMemoryUse } from '@outpaint/shared/batch/memory-use';
import { createRedisBatchStore } from '@outpaint/shared/batch/redis-batch-store';
import { createScheduleStore, type ScheduleStore } from '@outpaint/shared/batch/schedule-store';
import type { Settings } from '@outpaint/shared/config/settings';
import type { BatchName, ExpansionId } from '@outpaint/shared/contract/ids';
import { OutpaintError } from '@outpaint/shared/errors/outpaint-error';
import type { DurationKind } from '@outpaint/shared/lifecycle/task-duration';
import { connectStore, whenReady } from '@outpaint/shared/queue/connections';
import { createIntakeLetters, type IntakeLetters } from '@outpaint/shared/queue/intake-letters';
import { openRawQueues, type RawQueue } from '@outpaint/shared/queue/raw-queues';
import { createTokenQueues, type TokenQueues } from '@outpaint/shared/queue/token-queues';
import { type CourseStretch, readBatchCourse } from '@outpaint/shared/record/batch-course';
import { type BatchRows, createBatchRows } from '@outpaint/shared/record/batch-rows';
import { createDeadIndex, type DeadIndex } from '@outpaint/shared/record/dead-index';
import { createDoubtStore, type DoubtStore } from '@outpaint/shared/record/doubt-store';
import { readDurations } from '@outpaint/shared/record/durations';
import { createEditStore, type EditStore } from '@outpaint/shared/record/edit-store';
import { createIdempotencyStore, type IdempotencyStore } from '@outpaint/shared/record/idempotency-store';
import { keysOf } from '@outpaint/shared/record/keys';
import { createPurgeStore, type PurgeStore } from '@outpaint/shared/record/purge-store';
import { takeQueryPlace } from '@outpaint/shared/record/query-pace';
import type { RecordStore } from '@outpaint/shared/record/record-store';
import { createRedisRecordStore } from '@outpaint/shared/record/redis-record-store';
import { createSessionStore, type SessionStore } from '@outpaint/shared/record/session-store';
import { readSpend } from '@outpaint/shared/record/spend';
import { readWaitingPlace, type WaitingPlace } from '@outpaint/shared/record/waiting-place';

export interface Stores {
  readonly batches: BatchStore;
  readonly cancels: CancelStore;
  readonly records: RecordStore;
  readonly schedules: ScheduleStore;
  readonly dead: DeadIndex;
  readonly rows: BatchRows;
  /** How many rows of a batch ended in each stretch of time. */
  course(batch: BatchName, o: { from: number; until: number; stepMs: number }): Promise<CourseStretch[]>;
  readonly edits: EditStore;
  readonly purges: PurgeStore;
  readonly doubts: DoubtStore;
  readonly sessions: SessionStore;
  /** Millionths of each currency since the hour in which `since` lies. */
  spentSince(since: number): Promise<Record<string, number>>;
  /** How many ms a query of the API must wait for its place among those of all workers. */
  takeQueryPlace(perSecond: number): Promise<number>;
  /** When a batch may be worked on. */
  setHours(name: BatchName, hours: Hours): Promise<boolean>;
  readonly queues: TokenQueues;
  /** Every queue as BullMQ has it, to look at. */
  readonly rawQueues: readonly RawQueue[];
  readonly intakeLetters: IntakeLetters;
  waitingPlace(id: ExpansionId): Promise<WaitingPlace>;
  /** Answers kept under their callers' keys, each for `keptMs`. */
  idempotency(keptMs: number): IdempotencyStore;
  /** Throws where Redis takes no writes: full, a replica, or away. */
  tryWrite(): Promise<void>;
  /** How long the latest tasks took, in ms. */
  durations(kind: DurationKind): Promise<number[]>;
  /** How full Redis is. */
  memoryUse(): Promise<MemoryUse>;
  /** Ends all connections; the program can end by itself then. */
  close(): Promise<void>;
}

const READY_MS_MAX = 4_000;
/** Not longer: ioredis keeps this timer after a disconnect, and with it a program that has nothing more to do. */
const COMMAND_MS_MAX = 5_000;

/** One key with a short life, whoever wrote it last. */
const WRITE_PROBE_SECONDS = 60;

/** Where REDIS_URL leads, without its user name and password. */
export const redisHostOf = (url: string): string => {
  const parsed = URL.parse(url);
  return parsed === null ? 'an unreadable address' : `${parsed.hostname}:${parsed.port === '' ? '6379' : parsed.port}`;
};

/** Throws `redis_unreachable`, with a sentence for people, where Redis does not answer within four seconds. */
export const openStores = async ({ redis: settings }: Settings<'redis'>, name = 'cli'): Promise<Stores> => {
  const redis = connectStore(settings.redisUrl, name, COMMAND_MS_MAX);
  // Every command reports its own failure; without a listener ioredis would print each attempt to connect.
  const unheard = (): void => undefined;
  redis.on('error', unheard);
  try {
    await whenReady(redis, READY_MS_MAX);
  } catch (error) {
    redis.disconnect();
    throw new OutpaintError(
      'redis_unreachable',
      `Redis at ${redisHostOf(settings.redisUrl)} (REDIS_URL) does not answer.`,
      {
        cause: error,
      },
    );
  }
  const keys = keysOf(settings.outpaintNamespace);
  // BullMQ is asked for only by commands that look at messages: opening its queues costs every other command a few commands.
  let queues: TokenQueues | null = null;
  const openQueues = (): TokenQueues => {
    queues ??= createTokenQueues(redis, keys.queuePrefix, unheard);
    return queues;
  };
  let raw: RawQueue[] | null = null;
  return {
    batches: createRedisBatchStore(redis, keys),
    cancels: createCancelStore(redis, keys),
    records: createRedisRecordStore(redis, keys),
    schedules: createScheduleStore(redis, keys),
    dead: createDeadIndex(redis, keys),
    rows: createBatchRows(redis, keys),
    course: (batch, o) => readBatchCourse(redis, keys, batch, o),
    edits: createEditStore(redis, keys),
    purges: createPurgeStore(redis, keys),
    doubts: createDoubtStore(redis, keys),
    sessions: createSessionStore(redis, keys),
    spentSince: (since) => readSpend(redis, keys, since),
    takeQueryPlace: (perSecond) => takeQueryPlace(redis, keys, perSecond),
    get queues() {
      return openQueues();
    },
    get rawQueues() {
      raw ??= openRawQueues(redis, keys.queuePrefix, unheard);
      return raw;
    },
    get intakeLetters() {
      return createIntakeLetters(redis, keys, openQueues());
    },
    waitingPlace: (id) => readWaitingPlace(redis, keys, id),
    idempotency: (keptMs) => createIdempotencyStore(redis, keys, keptMs),
    tryWrite: async () => {
      await redis.set(`${keys.prefix}write-probe`, '1', 'EX', WRITE_PROBE_SECONDS);
    },
    setHours: (name, hours) => setHours(redis, keys, name, hours),
    durations: (kind) => readDurations(redis, keys, kind),
    memoryUse: () => readMemoryUse(redis),
    close: async () => {
      await queues?.close();
      await Promise.all((raw ?? []).map((queue) => queue.close()));
      redis.disconnect();
    },
  };
};
