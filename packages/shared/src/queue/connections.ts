// Redis connections: one kind that waits for Redis to come back (workers), one that answers soon (producers).
import { Redis } from 'ioredis';

/** A connection to Redis; named here so that only queues and stores know the client. */
export type RedisConnection = Redis;

/** Longest pause between two attempts to reconnect; ioredis' own 20 s made recovery 8 s late (measured). */
const RECONNECT_MS_MAX = 1_000;

const retryStrategy = (times: number): number => Math.min(RECONNECT_MS_MAX, 50 * 2 ** Math.min(times, 5));

/**
 * A master that became a replica keeps its sockets and refuses every write: connecting again finds the new master where
 * the address moves with it (DNS, a proxy, a service). 2: the command is sent again then.
 */
const reconnectOnError = (error: Error): false | 2 => (error.message.startsWith('READONLY') ? 2 : false);

// RESP2, as BullMQ was measured with.
const shared = {
  protocol: 2,
  replyMapping: 'legacy',
  retryStrategy,
  reconnectOnError,
  enableReadyCheck: true,
  connectTimeout: 5_000,
  keepAlive: 10_000,
} as const;

/** For BullMQ workers: commands wait through an outage, as BullMQ demands (`maxRetriesPerRequest: null`). */
export const connectWorker = (url: string, name: string): Redis =>
  new Redis(url, { ...shared, maxRetriesPerRequest: null, connectionName: `outpaint-${name}` });

/**
 * For stores and producers: a command that gets no answer within `commandTimeoutMs` fails (a hung Redis, SIGSTOP, keeps
 * the socket open), so that its caller can say so. Our scripts carry caller tokens, so repeating them is safe.
 */
export const connectStore = (url: string, name: string, commandTimeoutMs = 10_000): Redis =>
  new Redis(url, {
    ...shared,
    maxRetriesPerRequest: 20,
    commandTimeout: commandTimeoutMs,
    connectionName: `outpaint-${name}`,
  });

/** For looking at one server as it is: what it refuses is told at once and not asked again elsewhere. */
export const connectProbe = (url: string, name: string, commandTimeoutMs: number): Redis =>
  new Redis(url, {
    ...shared,
    reconnectOnError: () => false,
    maxRetriesPerRequest: 20,
    commandTimeout: commandTimeoutMs,
    connectionName: `outpaint-${name}`,
  });

/** Resolves once Redis answers; throws the last connection error where it does not within `timeoutMs`. */
export const whenReady = async (redis: Redis, timeoutMs: number): Promise<void> => {
  let last: Error | undefined;
  const remember = (error: Error): void => {
    last = error;
  };
  redis.on('error', remember);
  const timer = new Promise<never>((_, reject) => {
    const t = setTimeout(() => reject(last ?? new Error(`Redis did not answer within ${timeoutMs} ms.`)), timeoutMs);
    t.unref();
  });
  try {
    await Promise.race([redis.ping(), timer]);
  } finally {
    redis.off('error', remember);
  }
};
