// Sends the calls of one run to the Lua store, in the same order and at the same times, and compares every answer.
import { isDeepStrictEqual } from 'node:util';
import { createRedisBatchStore } from '@outpaint/shared/batch/redis-batch-store';
import type { RedisConnection } from '@outpaint/shared/queue/connections';
import { keysOf } from '@outpaint/shared/record/keys';
import { createRedisRecordStore } from '@outpaint/shared/record/redis-record-store';
import { type Chance, createChance } from '../chance.ts';
import { createModelBatches } from '../model/model-batches.ts';
import { createModelRecords } from '../model/model-records.ts';
import { emptyState } from '../model/model-state.ts';
import { runSeed } from '../run-seed.ts';
import type { TracedCall } from '../world/noticing.ts';
import { modelDump } from './model-dump.ts';
import { redisDump } from './redis-dump.ts';

export interface Replayed {
  readonly calls: number;
  /** Null where store and model agreed throughout. */
  readonly disagreement: string | null;
}

type Method = (...args: unknown[]) => Promise<unknown>;

/** Every other run also gets late copies of earlier calls, some under a name or a licence of their own. */
const STRAY = 0.04;

const strayOf = (chance: Chance, past: readonly TracedCall[], i: number): TracedCall | null => {
  const moves = past.slice(Math.max(0, i - 400), i).filter(({ method }) => method === 'apply' || method === 'licence');
  if (moves.length === 0) return null;
  const { args, ...call } = chance.pick(moves);
  const [record, terms, caller] = args;
  return { ...call, args: [record, terms, chance.hits(0.5) ? caller : `stray-${i}`] };
};

/** A move that names a licence is tried under another first. */
const impostorOf = (chance: Chance, { args, ...call }: TracedCall): TracedCall | null => {
  const [record, transition] = args as [object, object];
  if (call.method !== 'apply' || !('licence' in transition) || !chance.hits(0.1)) return null;
  return { ...call, args: [record, { ...transition, licence: 'of-nobody' }, 'an-impostor'] };
};

/** The whole of both is compared after so many calls, and at the end. */
const CALLS_BETWEEN_DUMPS = 150;

const firstDifference = (
  model: Readonly<Record<string, unknown>>,
  lua: Readonly<Record<string, unknown>>,
): string | null => {
  for (const name of new Set([...Object.keys(model), ...Object.keys(lua)])) {
    if (!isDeepStrictEqual(model[name], lua[name])) {
      return `${name}: the model has ${JSON.stringify(model[name])}, the store ${JSON.stringify(lua[name])}`;
    }
  }
  return null;
};

/** Without what prototypes and `undefined` add: as an answer would look on a wire. */
const plain = (value: unknown): unknown =>
  value === undefined ? null : (JSON.parse(JSON.stringify(value)) as unknown);

export const replaySeed = async (
  redis: RedisConnection,
  namespace: string,
  seed: number,
  steps: number,
): Promise<Replayed> => {
  const calls: TracedCall[] = [];
  // Redis' own clock is the one thing in which the two differ.
  await runSeed({ seed, steps, onCall: (call) => (call.method === 'now' ? 0 : calls.push(call)) });
  const keys = keysOf(namespace);
  let now = 0;
  const state = emptyState();
  const model = { records: createModelRecords(state, () => now), batches: createModelBatches(state, () => now) };
  const lua = {
    records: createRedisRecordStore(redis, keys, () => now),
    batches: createRedisBatchStore(redis, keys, () => now),
  };
  const chance = createChance(seed + 1_000_000);
  const withStrays = calls.flatMap((call, i) => {
    const stray = seed % 2 === 0 && chance.hits(STRAY) ? strayOf(chance, calls, i) : null;
    const impostor = impostorOf(chance, call);
    return [...(impostor === null ? [] : [impostor]), call, ...(stray === null ? [] : [{ ...stray, at: call.at }])];
  });
  for (const [i, { at, store, method, args }] of withStrays.entries()) {
    now = at;
    const call = (of: typeof model | typeof lua): Promise<unknown> =>
      (of[store] as unknown as Record<string, Method>)[method]?.(...args) ?? Promise.resolve();
    const answers = [plain(await call(model)), plain(await call(lua))];
    const where = `seed ${seed}, call ${i}, ${store}.${method}${JSON.stringify(args).slice(0, 600)}`;
    if (!isDeepStrictEqual(answers[0], answers[1])) {
      return {
        calls: i,
        disagreement: `${where}: the model says ${JSON.stringify(answers[0])}, the store ${JSON.stringify(answers[1])}`,
      };
    }
    if (i % CALLS_BETWEEN_DUMPS === 0 || i === withStrays.length - 1) {
      const difference = firstDifference(modelDump(state), await redisDump(redis, keys.prefix));
      if (difference !== null) return { calls: i, disagreement: `${where}: ${difference}` };
    }
  }
  return { calls: withStrays.length, disagreement: null };
};
