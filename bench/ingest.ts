// Measure five: how fast a manifest is accepted, and what its rows cost in memory, beside one raw BullMQ job a row.
import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { writeManifest } from './support/manifest-of.ts';
import { median, spread } from './support/median.ts';
import { outpaint, type ProgramRun, runProgram } from './support/program-run.ts';
import type { BenchServices, BenchTerms } from './support/services.ts';

const SMALL_ROWS = 10_000;
const MIB = 1_048_576;

interface Import extends ProgramRun {
  readonly redisBytes: number;
}

const used = async (redis: Redis): Promise<number> =>
  Number(/^used_memory:(\d+)/m.exec(await redis.info('memory'))?.[1]);

const around = async (redis: Redis, run: () => Promise<ProgramRun>): Promise<Import> => {
  await redis.flushall();
  const before = await used(redis);
  const done = await run();
  const redisBytes = (await used(redis)) - before;
  await redis.flushall();
  return { ...done, redisBytes };
};

const importOurs = (services: BenchServices, redis: Redis, path: string): Promise<Import> =>
  around(redis, () => {
    const env = { REDIS_URL: services.redisUrl, OUTPAINT_NAMESPACE: `bench-${randomUUID()}` };
    return outpaint(env, 'run', path, '--batch', 'bench', '--detach');
  });

const importRaw = (services: BenchServices, redis: Redis, path: string): Promise<Import> =>
  around(redis, () => runProgram('bench/controls/raw-ingest.ts', {}, [services.redisUrl, 'raw', path]));

/** Both are whole programs, from their start to their end; the manifest is checked before a row of it is accepted. */
export const measureIngest = async (
  services: BenchServices,
  { rounds, rows = 100_000 }: BenchTerms,
  say: (line: string) => void,
): Promise<void> => {
  say(`ingest: ${rows} rows with addresses of 150 characters, a run of the command line beside a script with addBulk`);
  const redis = new Redis(services.redisUrl);
  const manifest = await writeManifest(rows);
  const small = await writeManifest(SMALL_ROWS);
  const ours: Import[] = [];
  const raw: Import[] = [];
  const little: Import[] = [];
  for (let round = 0; round < rounds; round += 1) {
    ours.push(await importOurs(services, redis, manifest.path));
    raw.push(await importRaw(services, redis, manifest.path));
    little.push(await importOurs(services, redis, small.path));
  }
  await Promise.all([manifest.remove(), small.remove()]);
  redis.disconnect();
  const speed = (run: Import): number => (rows / run.ms) * 1_000;
  const speeds = ours.map((run, i) => speed(run) / speed(raw[i] as Import));
  const memory = ours.map((run, i) => run.peakBytes / (little[i] as Import).peakBytes);
  const of = (runs: readonly Import[], what: (run: Import) => number): string => median(runs.map(what)).toFixed(0);
  say(`  rows a second: outpaint ${of(ours, speed)}, addBulk ${of(raw, speed)}, ratio ${told(speeds)}`);
  say(
    `  Redis bytes a waiting row: outpaint ${of(ours, (run) => run.redisBytes / rows)}, BullMQ ${of(raw, (run) => run.redisBytes / rows)}`,
  );
  const peak = (run: Import): number => run.peakBytes / MIB;
  say(
    `  most resident memory: ${of(ours, peak)} MiB at ${rows} rows, ${of(little, peak)} MiB at ${SMALL_ROWS}, ratio ${told(memory)}`,
  );
};

const told = (ratios: readonly number[]): string => `${median(ratios).toFixed(2)} (${spread(ratios)})`;
