// Measure: the dead-letter desk with 100,000 letters beside itself with 1,000, killed half-way and finished by the same command.
import { randomUUID } from 'node:crypto';
import type { BatchName } from '@outpaint/shared/contract/ids';
import { keysOf } from '@outpaint/shared/record/keys';
import { Redis } from 'ioredis';
import { outpaint, startRun } from './support/program-run.ts';
import { CODES, seedLetters } from './support/seed-letters.ts';
import type { BenchServices, BenchTerms } from './support/services.ts';
import { scriptText, watchScripts } from './support/slowest-script.ts';

const FEW = 1_000;
const FIRST = 'first' as BatchName;
const SECOND = 'second' as BatchName;

interface DeskTimes {
  readonly list: number;
  readonly listOfBatch: number;
  readonly edit: number;
  readonly redrive: number;
  readonly purge: number;
}

const desk = async (services: BenchServices, letters: number, say: (line: string) => void): Promise<DeskTimes> => {
  const namespace = `bench-${randomUUID()}`;
  const keys = keysOf(namespace);
  const redis = new Redis(services.redisUrl, { maxRetriesPerRequest: null });
  const env = { REDIS_URL: services.redisUrl, OUTPAINT_NAMESPACE: namespace };
  const half = Math.floor(letters / 2);
  await seedLetters(redis, namespace, FIRST, half);
  await seedLetters(redis, namespace, SECOND, letters - half);
  const scripts = await watchScripts(redis);
  const count = async (...args: string[]): Promise<number> =>
    (JSON.parse((await outpaint(env, 'dead-letter', 'list', ...args, '--json')).stdout) as { total: number }).total;
  const expectCount = (what: string, found: number, wanted: number): void => {
    if (found !== wanted) throw new Error(`${what}: ${found} instead of ${wanted}`);
  };

  const list = (await outpaint(env, 'dead-letter', 'list')).ms;
  expectCount('letters listed', await count(), letters);
  const listOfBatch = (await outpaint(env, 'dead-letter', 'list', '--batch', FIRST)).ms;
  expectCount('letters of a batch', await count('--batch', FIRST), half);
  const set = ['--set', 'output_ratio=1:1', '--yes'];
  const edit = (await outpaint(env, 'dead-letter', 'edit', '--code', CODES[0], ...set)).ms;

  const killed = async (left: () => Promise<number>, total: number, ...args: string[]): Promise<number> => {
    const begun = performance.now();
    const first = startRun('apps/producer/src/main.ts', env, ['dead-letter', ...args, '--yes']);
    while ((await left()) > total / 2) await new Promise((later) => setTimeout(later, 2));
    first.kill();
    await first.ended.catch(() => undefined);
    await outpaint(env, 'dead-letter', ...args, '--yes');
    return performance.now() - begun;
  };
  const dead = (batch: BatchName): Promise<number> => redis.zcard(keys.ended(batch, 'dead_lettered'));
  const redrive = await killed(() => dead(FIRST), half, 'redrive', '--batch', FIRST);
  expectCount('rows that wait again', await redis.zcard(keys.due), half);
  const purge = await killed(() => dead(SECOND), letters - half, 'purge', '--batch', SECOND);
  expectCount('letters left', await count(), 0);
  expectCount('letters in the queue', await redis.llen(`${keys.queuePrefix}:dead-letter:wait`), 0);
  expectCount(
    'rows that the batch has forgotten',
    Number(await redis.hget(keys.batch(SECOND), 'expired')),
    letters - half,
  );
  const longest = await scripts();
  const s = (ms: number): string => (ms / 1_000).toFixed(1);
  say(
    `  ${letters} letters: list ${s(list)} s, of one batch ${s(listOfBatch)} s, edit a third ${s(edit)} s, redrive half ${s(redrive)} s, purge half ${s(purge)} s; ${scriptText(longest)}`,
  );
  await redis.flushall();
  redis.disconnect();
  return { list, listOfBatch, edit, redrive, purge };
};

/** Redrive and purge are killed once half-way, so their times hold two starts. Counts are exact, or it fails. */
export const measureDesk = async (
  services: BenchServices,
  { rows: letters = 100_000 }: BenchTerms,
  say: (line: string) => void,
): Promise<void> => {
  say('desk: whole commands, start included; redrive and purge are killed half-way and begun again');
  const few = await desk(services, FEW, say);
  const many = await desk(services, letters, say);
  const ratio = (what: keyof DeskTimes): string => (many[what] / few[what]).toFixed(1);
  say(
    `  ${letters / FEW} times the letters: list ${ratio('list')} times the time, redrive ${ratio('redrive')}, purge ${ratio('purge')}`,
  );
};
