// What a run costs Redis: commands as clients sent them, commands in all (scripts included), bytes over the wire.
import type { Redis } from 'ioredis';

export interface RedisUsage {
  /** What scripts call counts too. */
  readonly commands: number;
  readonly bytes: number;
  readonly cpuMs: number;
}

const field = (info: string, name: string): number =>
  Number(new RegExp(`^${name}:([\\d.]+)`, 'm').exec(info)?.[1] ?? 0);

export const readRedisUsage = async (redis: Redis): Promise<RedisUsage> => {
  const stats = await redis.info('stats');
  const perCommand = await redis.info('commandstats');
  const cpu = await redis.info('cpu');
  const calls = [...perCommand.matchAll(/^cmdstat_[^:]+:calls=(\d+)/gm)].reduce(
    (sum, match) => sum + Number(match[1]),
    0,
  );
  return {
    commands: calls,
    bytes: field(stats, 'total_net_input_bytes') + field(stats, 'total_net_output_bytes'),
    cpuMs: (field(cpu, 'used_cpu_user') + field(cpu, 'used_cpu_sys')) * 1_000,
  };
};

export const usageBetween = (before: RedisUsage, after: RedisUsage): RedisUsage => ({
  commands: after.commands - before.commands,
  bytes: after.bytes - before.bytes,
  cpuMs: after.cpuMs - before.cpuMs,
});
