// Every queue as BullMQ has it, for people who look at messages rather than at expansions.
import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { DEAD_LETTER_QUEUE, INTAKE_QUEUE, SCHEDULE_QUEUE, STAGE_QUEUES } from './names.ts';

export type RawQueue = Queue;

/** In the order in which a picture meets them. */
export const RAW_QUEUE_NAMES = [INTAKE_QUEUE, ...Object.values(STAGE_QUEUES), DEAD_LETTER_QUEUE, SCHEDULE_QUEUE];

/** Opening them writes nothing, not even what BullMQ notes of a queue. The connection is shared and stays its owner's. */
export const openRawQueues = (redis: Redis, queuePrefix: string, onError: (error: Error) => void): RawQueue[] =>
  RAW_QUEUE_NAMES.map((name) => {
    const queue = new Queue(name, {
      connection: redis,
      prefix: queuePrefix,
      skipVersionCheck: true,
      skipMetasUpdate: true,
    });
    queue.on('error', onError);
    return queue;
  });
