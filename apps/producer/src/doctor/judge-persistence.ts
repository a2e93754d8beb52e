// Whether a Redis would still know what was paid for after a power cut. Pure.
import { type Check, ok, problem, unknown, warning } from './check.ts';
import type { RedisFacts } from './probe-redis.ts';

const ID = 'redis.persistence';
const SET_AOF = 'Set it: CONFIG SET appendonly yes, CONFIG SET appendfsync always, and both in redis.conf.';
const UNKNOWN_REMEDY =
  'Ask whoever runs it whether every answered write is on disk (appendonly yes, appendfsync always), or accept the risk with REDIS_DURABILITY_ACCEPTED=true.';

/** What the worker does by the same facts: it refuses to submit unless REDIS_DURABILITY_ACCEPTED is true. */
export const judgePersistence = (
  { info, config }: Pick<RedisFacts, 'info' | 'config'>,
  { durabilityAccepted }: { readonly durabilityAccepted: boolean },
): Check => {
  const atRisk = (says: string, remedy: string): Check =>
    durabilityAccepted
      ? warning(ID, `${says} REDIS_DURABILITY_ACCEPTED accepts it.`, remedy)
      : problem(ID, `${says} Workers submit nothing.`, remedy);
  // INFO speaks of what is running, CONFIG of what was asked for: a file that cannot be written is no persistence.
  if (info.known && info.value.aof_last_write_status === 'err') {
    return problem(
      ID,
      'Its last write of the append-only file failed.',
      'Free some space on its disk, then look at its own log.',
    );
  }
  const isOn = info.known
    ? info.value.aof_enabled
    : config.known
      ? config.value.appendonly === 'yes'
        ? '1'
        : '0'
      : undefined;
  if (isOn === '0' || (config.known && config.value.appendonly === 'no')) {
    return atRisk('The append-only file is off: a restart forgets every task id since the last snapshot.', SET_AOF);
  }
  if (!config.known) {
    const aof = isOn === '1' ? 'The append-only file is on, but how' : 'Whether and how';
    return unknown(ID, `${aof} often it is flushed could not be read: ${config.why}.`, UNKNOWN_REMEDY);
  }
  if (config.value.appendfsync !== 'always') {
    return atRisk(
      `appendfsync is ${config.value.appendfsync}: a power cut forgets a second or more of paid task ids.`,
      'Set it: CONFIG SET appendfsync always, and in redis.conf.',
    );
  }
  return ok(ID, 'Every answered write is on disk (append-only file, appendfsync always).');
};
