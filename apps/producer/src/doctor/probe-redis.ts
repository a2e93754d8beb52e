// Reads from a Redis what a doctor needs to know of it; each fact by itself, so that a forbidden command hides no other.
import { connectProbe, type RedisConnection } from '@outpaint/shared/queue/connections';
import { type Fact, notKnown } from './check.ts';
import { CHECK_MS_MAX, factWithin } from './fact-within.ts';

export interface RedisFacts {
  /** Known when it answers. */
  readonly reachable: Fact<true>;
  /** INFO, by field. */
  readonly info: Fact<Readonly<Record<string, string>>>;
  /** CONFIG GET of what durability rests on; many managed servers forbid it. */
  readonly config: Fact<Readonly<Record<string, string>>>;
  /** Round trips of PING, ms, in order. */
  readonly pings: Fact<readonly number[]>;
  /** Redis' clock minus ours, ms. */
  readonly clockOffsetMs: Fact<number>;
  /** Known when a script could write a key and remove it. */
  readonly write: Fact<true>;
}

const PINGS = 20;
const CONFIG_NAMES = ['appendonly', 'appendfsync', 'maxmemory-policy'] as const;
/** A script, as every write of ours is one. The key expires by itself should the connection break in between. */
const WRITE_SCRIPT = "redis.call('SET', KEYS[1], '1', 'PX', 10000) return redis.call('DEL', KEYS[1])";

export interface RedisProbeInput {
  readonly url: string;
  /** A key of the installation, so that an access list that is limited to its prefix allows it. */
  readonly probeKey: string;
  readonly now: () => number;
  readonly monotonic: () => number;
}

/** Never rejects; takes at most five seconds for each fact and leaves nothing behind. */
export const probeRedis = async (o: RedisProbeInput): Promise<RedisFacts> => {
  const redis = connectProbe(o.url, 'doctor', CHECK_MS_MAX);
  redis.on('error', () => undefined);
  try {
    const reachable = await factWithin(async () => {
      await whenAnswering(redis);
      return true as const;
    });
    if (!reachable.known) {
      const silent = notKnown('Redis does not answer');
      return { reachable, info: silent, config: silent, pings: silent, clockOffsetMs: silent, write: silent };
    }
    return {
      reachable,
      // One after another: a latency that is measured beside other commands would measure those as well.
      pings: await factWithin(() => roundTrips(redis, o.monotonic)),
      clockOffsetMs: await factWithin(() => clockOffset(redis, o.now)),
      info: await factWithin(async () => fieldsOf(await redis.info())),
      config: await factWithin(() => readConfig(redis)),
      write: await factWithin(async () => {
        await redis.eval(WRITE_SCRIPT, 1, o.probeKey);
        return true as const;
      }),
    };
  } finally {
    redis.disconnect();
  }
};

/**
 * The first failure to connect is the answer: a worker waits for Redis to come back, a doctor says how it is now. No
 * command is sent before that, for its timer would keep a program alive that has nothing more to do.
 */
const whenAnswering = (redis: RedisConnection): Promise<void> =>
  new Promise((resolve, reject) => {
    redis.once('ready', resolve);
    redis.once('error', reject);
  });

const roundTrips = async (redis: RedisConnection, monotonic: () => number): Promise<number[]> => {
  const times: number[] = [];
  for (let i = 0; i < PINGS; i++) {
    const start = monotonic();
    await redis.ping();
    times.push(monotonic() - start);
  }
  return times;
};

const clockOffset = async (redis: RedisConnection, now: () => number): Promise<number> => {
  const before = now();
  const [seconds = 0, micros = 0] = (await redis.time()).map(Number);
  return Math.round(seconds * 1000 + micros / 1000 - (before + now()) / 2);
};

const readConfig = async (redis: RedisConnection): Promise<Record<string, string>> => {
  const read: Record<string, string> = {};
  for (const name of CONFIG_NAMES) {
    const [, value] = (await redis.config('GET', name)) as [string, string] | [];
    if (value === undefined) throw new Error(`CONFIG GET ${name} answers nothing`);
    read[name] = value;
  }
  return read;
};

const fieldsOf = (info: string): Record<string, string> =>
  Object.fromEntries(
    info
      .split(/\r?\n/)
      .filter((line) => !line.startsWith('#') && line.includes(':'))
      .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]),
  );
