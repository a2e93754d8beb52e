// What a worker and its Redis hold at one moment.
import type { Redis } from 'ioredis';

export interface EnduranceSample {
  readonly workerResidentBytes: number;
  readonly workerHeapBytes: number;
  readonly workerDescriptors: number;
  /** Sockets, timers and whatever else keeps the event loop alive. */
  readonly workerActiveResources: number;
  readonly redisBytes: number;
  /** With the notes of whose task it was, which go by themselves after two days. */
  readonly redisKeys: number;
  readonly redisKeysWithoutEnd: number;
  readonly redisClients: number;
}

/** The last line of this name without labels; NaN where there is none. */
const valueIn = (text: string, pattern: RegExp): number => Number(pattern.exec(text)?.[1] ?? Number.NaN);

export const sampleOf = async (metricsUrl: string, redis: Redis): Promise<EnduranceSample> => {
  const answer = await fetch(metricsUrl);
  const worker = await answer.text();
  const memory = await redis.info('memory');
  const clients = await redis.info('clients');
  const keyspace = await redis.info('keyspace');
  const keys = valueIn(keyspace, /keys=(\d+)/);
  return {
    workerResidentBytes: valueIn(worker, /^process_resident_memory_bytes (\S+)/m),
    workerHeapBytes: valueIn(worker, /^nodejs_heap_size_used_bytes (\S+)/m),
    workerDescriptors: valueIn(worker, /^process_open_fds (\S+)/m),
    workerActiveResources: valueIn(worker, /^nodejs_active_resources_total (\S+)/m),
    redisBytes: valueIn(memory, /^used_memory:(\d+)/m),
    redisKeys: keys,
    redisKeysWithoutEnd: keys - valueIn(keyspace, /expires=(\d+)/),
    redisClients: valueIn(clients, /^connected_clients:(\d+)/m),
  };
};
