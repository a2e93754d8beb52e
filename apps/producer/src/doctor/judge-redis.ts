// What the facts about a Redis mean for paid work. Pure.
import { numberText } from '../terminal/count-text.ts';
import { type Check, ok, problem, unknown, warning } from './check.ts';
import { CLOCKS, judgeClock } from './judge-clock.ts';
import { judgePersistence } from './judge-persistence.ts';
import type { RedisFacts } from './probe-redis.ts';

export interface RedisTerms {
  /** Host and port, without user and password. */
  readonly host: string;
  /** REDIS_DURABILITY_ACCEPTED. */
  readonly durabilityAccepted: boolean;
  /** REDIS_WAIT_REPLICAS. */
  readonly waitReplicas: number;
}

/** Imports stop there. */
const MEMORY_FULL_SHARE = 0.7;
/** A step is some five commands one after another; at these medians each step takes 50 ms, or more than a second. */
const PING_MS_SLOW = 10;
const PING_MS_BROKEN = 250;
/** BullMQ's own bounds: it refuses what is older than 5.0, and recommends 6.2. */
const VERSION_MIN = 5;
const VERSION_RECOMMENDED = 6.2;
const MIB = 1024 * 1024;

export const judgeRedis = (facts: RedisFacts, terms: RedisTerms): Check[] => {
  const rest = [
    judgeVersion(facts),
    judgePersistence(facts, terms),
    judgeEviction(facts, terms),
    judgeMemory(facts),
    judgeLatency(facts),
    judgeClock(CLOCKS.redis, facts.clockOffsetMs),
    judgeWrite(facts),
    ...judgeReplicas(facts, terms),
  ];
  if (facts.reachable.known) return [ok('redis.reachable', `Redis at ${terms.host} answers.`), ...rest];
  return [
    problem(
      'redis.reachable',
      `Redis at ${terms.host} does not answer: ${facts.reachable.why}.`,
      'Check that it runs, that REDIS_URL leads to it, and its user name and password.',
    ),
    ...rest.map(({ id }) => unknown(id, 'Not checked, for Redis does not answer.', 'Let Redis answer first.')),
  ];
};

const ASK_THE_OPERATOR = 'Ask whoever runs it, or allow INFO and CONFIG|GET to this user (ACL SETUSER).';

const judgeVersion = ({ info }: RedisFacts): Check => {
  const id = 'redis.version';
  if (!info.known) return unknown(id, `Its version could not be read: ${info.why}.`, ASK_THE_OPERATOR);
  const { redis_version: version = '', valkey_version: valkey, dragonfly_version: dragonfly } = info.value;
  if (dragonfly !== undefined) {
    return warning(
      id,
      `It is Dragonfly ${dragonfly}, which nobody has tested here.`,
      'Use Redis 7 or Valkey 8, or newer.',
    );
  }
  const name = valkey === undefined ? `Redis ${version}` : `Valkey ${valkey} (Redis ${version})`;
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const number = major + Math.min(minor, 9) / 10;
  if (!(number > 0)) return unknown(id, 'It does not say its version.', ASK_THE_OPERATOR);
  const upgrade = 'Upgrade to Redis 7 or Valkey 8, or newer.';
  if (number < VERSION_MIN) return problem(id, `It is ${name}; BullMQ needs 5.0 at least.`, upgrade);
  if (number < VERSION_RECOMMENDED) return warning(id, `It is ${name}; 6.2 is recommended at least.`, upgrade);
  return ok(id, `It is ${name}.`);
};

const judgeEviction = ({ info, config }: RedisFacts, { durabilityAccepted }: RedisTerms): Check => {
  const id = 'redis.eviction';
  // INFO names the policy too, so that a managed server which forbids CONFIG can still be judged.
  const policy = config.known ? config.value['maxmemory-policy'] : info.known ? info.value.maxmemory_policy : undefined;
  if (policy === undefined) {
    return unknown(id, 'Its eviction policy could not be read.', 'See to it that maxmemory-policy is noeviction.');
  }
  if (policy === 'noeviction') return ok(id, 'A full Redis refuses writes and drops nothing (noeviction).');
  const says = `maxmemory-policy is ${policy}: a full Redis would silently drop records of paid work.`;
  const remedy = 'Set it: CONFIG SET maxmemory-policy noeviction, and in redis.conf.';
  return durabilityAccepted
    ? warning(id, `${says} REDIS_DURABILITY_ACCEPTED accepts it.`, remedy)
    : problem(id, says, remedy);
};

const judgeMemory = ({ info }: RedisFacts): Check => {
  const id = 'redis.memory';
  if (!info.known) return unknown(id, `Its memory could not be read: ${info.why}.`, ASK_THE_OPERATOR);
  const used = Number(info.value.used_memory ?? Number.NaN);
  const max = Number(info.value.maxmemory ?? 0);
  const limit = max > 0 ? max : Number(info.value.total_system_memory ?? 0);
  if (!Number.isFinite(used) || !(limit > 0)) return unknown(id, 'It does not say how full it is.', ASK_THE_OPERATOR);
  const share = used / limit;
  const of = `${numberText(Math.round(used / MIB))} of ${numberText(Math.round(limit / MIB))} MiB`;
  const what = max > 0 ? 'maxmemory' : 'the machine, for maxmemory is not set';
  const says = `It uses ${of} (${Math.round(share * 100)} % of ${what}).`;
  if (share <= MEMORY_FULL_SHARE) return ok(id, says);
  return warning(
    id,
    `${says} Imports stop at ${MEMORY_FULL_SHARE * 100} %.`,
    'Raise maxmemory, or let running batches finish before the next import.',
  );
};

/** Said only where replicas are waited for. */
const judgeReplicas = ({ info }: RedisFacts, { waitReplicas }: RedisTerms): Check[] => {
  const id = 'redis.replicas';
  if (waitReplicas === 0) return [];
  if (!info.known) return [unknown(id, `Its replicas could not be counted: ${info.why}.`, ASK_THE_OPERATOR)];
  const connected = Number(info.value.connected_slaves ?? 0);
  const says = `${connected} connected, and REDIS_WAIT_REPLICAS waits for ${waitReplicas}.`;
  if (connected >= waitReplicas) return [ok(id, `Replicas: ${says}`)];
  return [
    problem(
      id,
      `Replicas: ${says} Nothing is submitted until then.`,
      'Bring the replicas back, or lower REDIS_WAIT_REPLICAS.',
    ),
  ];
};

export const medianOf = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
};

const judgeLatency = ({ pings }: RedisFacts): Check => {
  const id = 'redis.latency';
  if (!pings.known)
    return unknown(id, `Its latency could not be measured: ${pings.why}.`, 'Bring the connection up first.');
  const median = medianOf(pings.value);
  const says = `The median of ${pings.value.length} round trips is ${median.toFixed(median < 10 ? 1 : 0)} ms.`;
  const remedy = 'Run the workers near Redis: same region, same network.';
  if (median < PING_MS_SLOW) return ok(id, says);
  return median < PING_MS_BROKEN ? warning(id, says, remedy) : problem(id, says, remedy);
};

const WRITE_REMEDIES: readonly (readonly [RegExp, string])[] = [
  [/READONLY/, 'This is a read-only replica: point REDIS_URL at the master.'],
  [/OOM/, 'It is full: raise maxmemory. Nothing is lost, and nothing moves until then.'],
  [
    /NOPERM|ACL failure/,
    'Allow this user to run scripts and to write keys of the namespace (ACL SETUSER … ~{namespace}:* +@all).',
  ],
  [/MISCONF/, 'It cannot save to its disk: free some space, then look at its own log.'],
  [/NOREPLICAS/, 'Bring its replicas back, or lower min-replicas-to-write.'],
];

const judgeWrite = ({ write }: RedisFacts): Check => {
  const id = 'redis.write';
  if (write.known) return ok(id, 'Scripts may write to it.');
  const { why } = write;
  const remedy = WRITE_REMEDIES.find(([pattern]) => pattern.test(why))?.[1];
  return problem(
    id,
    `Writing to it fails: ${why}.`,
    remedy ?? 'Look at its log and at the rights of the user in REDIS_URL.',
  );
};
