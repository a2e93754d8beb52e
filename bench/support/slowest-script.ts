// How long Redis' scripts took, by Redis' own slow log and counts: the longest, and how many were long.
import type { Redis } from 'ioredis';

/** Shorter ones are not kept: the log holds only so many. */
const LOGGED_MICROS = 1_000;
const LONG_MICROS = 10_000;

export interface ScriptTimes {
  /** 0 where none took a millisecond. */
  readonly longestMs: number;
  /** Of 10 ms and more. */
  readonly long: number;
  readonly all: number;
  /** Of which script those of 10 ms and more are, by its digest: how many, and the longest in ms. */
  readonly which: readonly { readonly digest: string; readonly count: number; readonly longestMs: number }[];
}

const callsOf = (info: string): number =>
  [...info.matchAll(/^cmdstat_eval(?:sha)?:calls=(\d+)/gm)].reduce((sum, [, calls]) => sum + Number(calls), 0);

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
      longestMs: Math.max(...of.map(({ took }) => took)) / 1_000,
    }));
    return {
      which,
      longestMs: micros.reduce((most, took) => Math.max(most, took), 0) / 1_000,
      long: long.length,
      all: callsOf(await redis.info('commandstats')) - before,
    };
  };
};

export const scriptText = ({ longestMs, long, all, which }: ScriptTimes): string => {
  const named = which.map(({ digest, count, longestMs: most }) => `${digest} ${count} times up to ${most.toFixed(0)}`);
  return [
    `longest script ${longestMs === 0 ? 'under 1' : longestMs.toFixed(1)} ms`,
    `${long} of ${all} took 10 ms or more${named.length === 0 ? '' : ` (${named.join(', ')})`}`,
  ].join(', ');
};
