// How long Redis' scripts took, by Redis' own slow log and counts: the longest, and how many were long.
import type { Redis } from 'ioredis';

/** Shorter ones are not kept: the log holds only so many. */
const LOGGED_MICROS = 1_000;
const LONG_MICROS = 10_000;
/** Take no time whatever the data: what these waited for, scripts waited for too. */
const CONSTANT = new Set(['get', 'set', 'hget', 'hmget', 'hset', 'llen', 'zcard', 'zscore', 'exists', 'incr', 'time']);

export interface ScriptTimes {
  /** 0 where none took a millisecond. */
  readonly longestMs: number;
  /** Of 10 ms and more. */
  readonly long: number;
  readonly all: number;
  /** One script in a thousand took longer. */
  readonly p999Ms: number;
  /** Of commands that take no time: what the machine alone added. */
  readonly longestConstantMs: number;
  /** Of which script those of 10 ms and more are, by its digest: how many, and the longest in ms. */
  readonly which: readonly { readonly digest: string; readonly count: number; readonly longestMs: number }[];
}

const callsOf = (info: string): number =>
  [...info.matchAll(/^cmdstat_eval(?:sha)?:calls=(\d+)/gm)].reduce((sum, [, calls]) => sum + Number(calls), 0);

const longestOf = (micros: readonly number[]): number => micros.reduce((most, took) => Math.max(most, took), 0) / 1_000;

/** Wall time: a Redis that waits for its processor in the middle of a script counts it too. */
export const watchScripts = async (redis: Redis): Promise<() => Promise<ScriptTimes>> => {
  await redis.config('SET', 'slowlog-log-slower-than', String(LOGGED_MICROS));
  await redis.config('SET', 'slowlog-max-len', '1000000');
  await redis.slowlog('RESET');
  const before = callsOf(await redis.info('commandstats'));
  return async () => {
    const entries = (await redis.slowlog('GET', 1_000_000)) as [number, number, number, string[]][];
    const scripts = entries.flatMap(([, , took, [command = '', digest = '']]) =>
      /^eval/i.test(command) ? [{ digest, took }] : [],
    );
    const micros = scripts.map(({ took }) => took);
    const long = scripts.filter(({ took }) => took >= LONG_MICROS);
    const which = [...Map.groupBy(long, ({ digest }) => digest)].map(([digest, of]) => ({
      digest: digest.slice(0, 8),
      count: of.length,
      longestMs: longestOf(of.map(({ took }) => took)),
    }));
    const all = callsOf(await redis.info('commandstats')) - before;
    const constant = entries.flatMap(([, , took, [command = '']]) =>
      CONSTANT.has(command.toLowerCase()) ? [took] : [],
    );
    return {
      which,
      longestMs: longestOf(micros),
      longestConstantMs: longestOf(constant),
      p999Ms: (micros.sort((a, b) => b - a)[Math.floor(all / 1_000)] ?? 0) / 1_000,
      long: long.length,
      all,
    };
  };
};

const ms = (value: number): string => (value === 0 ? 'under 1 ms' : `${value.toFixed(1)} ms`);

export const scriptText = ({ longestMs, p999Ms, longestConstantMs, long, all, which }: ScriptTimes): string => {
  const named = which.map(({ digest, count, longestMs: most }) => `${digest} ${count} times up to ${most.toFixed(0)}`);
  return [
    `scripts: 99.9 % within ${ms(p999Ms)}, longest ${ms(longestMs)} (of commands that take no time: ${ms(longestConstantMs)})`,
    `${long} of ${all} took 10 ms or more${named.length === 0 ? '' : ` (${named.join(', ')})`}`,
  ].join(', ');
};
