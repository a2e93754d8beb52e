// Batches, backlog and line in Redis.
import type { Redis } from 'ioredis';
import { type BatchName, type ExpansionId, expansionIdOf } from '../contract/ids.ts';
import type { ExpansionRequest } from '../contract/request.ts';
import { differingFields } from '../contract/request-difference.ts';
import { traceText } from '../contract/trace-context.ts';
import { OutpaintError } from '../errors/outpaint-error.ts';
import { RECORD_VERSION } from '../lifecycle/record.ts';
import { STATUSES, type Status } from '../lifecycle/status.ts';
import { readPassState } from '../record/doubt-store.ts';
import { createHighWater, readBack } from '../record/high-water.ts';
import type { Keys } from '../record/keys.ts';
import type { ScriptTime } from '../record/redis-record-store.ts';
import { runScript } from '../record/run-script.ts';
import { readScorePage } from '../record/score-page.ts';
import { requestOfText, storedText } from '../record/stored-request.ts';
import { readThrottle } from '../record/throttle.ts';
import type { Batch, BatchCounts, BatchOptions, BatchRun, BatchState, PausedBy } from './batch.ts';
import { ACCEPT_ROWS_MAX, type AcceptAnswer, type BatchStore, type Fed, type FeedTerms } from './batch-store.ts';
import { acceptLua, feedLua, openLua, runStateLua, sealLua } from './scripts.ts';
import { sealIdleLua } from './seal-idle-script.ts';

/** Batches that one call seals. */
const SEALED_MAX = 50;

const numberOrNull = (value: string | undefined): number | null => (value === undefined ? null : Number(value));

const newer = (name: BatchName): OutpaintError =>
  new OutpaintError(
    'batch_newer',
    `The batch ${name} was made by a later version of this program, which this one leaves alone.`,
    { facts: { name } },
  );

const isNewer = (hash: Readonly<Record<string, string>>): boolean => Number(hash.v ?? RECORD_VERSION) > RECORD_VERSION;

const readBatch = (name: BatchName, hash: Readonly<Record<string, string>>): Batch | null => {
  if (hash.created_at === undefined) return null;
  if (isNewer(hash)) throw newer(name);
  const counts = Object.fromEntries(
    STATUSES.map((status: Status) => [status, Number(hash[status] ?? 0)]),
  ) as BatchCounts;
  return {
    name,
    state: (hash.state ?? 'open') as BatchState,
    run: (hash.run ?? 'running') as BatchRun,
    pausedBy: (hash.paused_by ?? null) as PausedBy | null,
    rows: Number(hash.rows ?? 0),
    counts,
    held: Number(hash.held ?? 0),
    reservedMicro: Number(hash.reserved ?? 0),
    spentMicro: Number(hash.spent ?? 0),
    budgetMicro: numberOrNull(hash.budget),
    failuresMax: numberOrNull(hash.failures_max),
    failuresPercent: numberOrNull(hash.failures_percent),
    currency: hash.currency ?? 'CNY',
    createdAt: Number(hash.created_at),
    sealedAt: numberOrNull(hash.sealed_at),
    finishedAt: numberOrNull(hash.finished_at),
    reportedAt: numberOrNull(hash.reported_at),
    expired: Number(hash.expired ?? 0),
    ...(hash.paused_at === undefined ? {} : { pausedAt: Number(hash.paused_at) }),
    ...(hash.not_before === undefined ? {} : { notBefore: Number(hash.not_before) }),
    ...(hash.not_after === undefined ? {} : { notAfter: Number(hash.not_after) }),
    ...(hash.weight === undefined ? {} : { weight: Number(hash.weight) }),
  };
};

const optionFields = (o: BatchOptions): (string | number)[] => {
  const fields: [string, number | string | null | undefined][] = [
    ['budget', o.budgetMicro],
    ['failures_max', o.failuresMax],
    ['failures_percent', o.failuresPercent],
    ['weight', o.weight],
    ['currency', o.currency],
  ];
  return fields.flatMap(([name, value]) => (value === undefined ? [] : [name, value ?? '']));
};

export const createRedisBatchStore = (redis: Redis, keys: Keys, time?: ScriptTime): BatchStore => {
  const header = (): (string | number)[] => [keys.prefix, time ? time() : '', RECORD_VERSION];
  const run = (lua: string, args: readonly (string | number)[]): Promise<unknown> =>
    runScript(redis, lua, keys.batches, [...header(), ...args]);

  const readAll = async (names: readonly BatchName[]): Promise<Batch[]> => {
    const pipeline = redis.pipeline();
    for (const name of names) pipeline.hgetall(keys.batch(name));
    const replies = (await pipeline.exec()) ?? [];
    return names.flatMap((name, i) => {
      const hash = (replies[i]?.[1] ?? {}) as Record<string, string>;
      // One that a later version made hides from lists, and does not take the others with it.
      return isNewer(hash) ? [] : (readBatch(name, hash) ?? []);
    });
  };

  const turn = async (name: BatchName, want: 'paused' | 'running', by: string): Promise<boolean> => {
    const turned = await run(runStateLua, [name, want, by]);
    if (turned === -1) throw newer(name);
    return turned === 1;
  };

  return {
    open: async (name, options) => {
      const made = await run(openLua, [name, ...optionFields(options)]);
      if (made === -1) throw newer(name);
      return { created: made === 1 };
    },

    accept: async (name, requests, trace = null): Promise<AcceptAnswer[]> => {
      if (requests.length > ACCEPT_ROWS_MAX) {
        throw new OutpaintError('chunk_too_large', `At most ${ACCEPT_ROWS_MAX} rows are accepted at once.`);
      }
      const ids = requests.map((request) => expansionIdOf(name, request.custom_id));
      const args = requests.flatMap((request, i) => [ids[i] as string, storedText(request)]);
      const answers = (await run(acceptLua, [name, trace === null ? '' : traceText(trace), ...args]).catch(
        (error: unknown) => {
          if (error instanceof Error && error.message.includes('BATCH_NEWER')) throw newer(name);
          if (!(error instanceof Error) || !error.message.includes('BATCH_CANCELLED')) throw error;
          throw new OutpaintError('batch_cancelled', `The batch ${name} was cancelled and takes no rows.`, {
            facts: { name },
          });
        },
      )) as string[];
      return answers.map((answer, i): AcceptAnswer => {
        const id = ids[i] as ExpansionId;
        if (answer === '') return { kind: 'accepted', id };
        if (answer === '=') return { kind: 'exists', id };
        const fields = differingFields(requestOfText(answer), requests[i] as ExpansionRequest);
        return { kind: 'conflict', id, fields };
      });
    },

    seal: async (name) => {
      if ((await run(sealLua, [name])) === -1) throw newer(name);
    },

    sealIdle: async (idleMs) => (await run(sealIdleLua, [idleMs, SEALED_MAX])) as BatchName[],

    read: async (name) => readBatch(name, await redis.hgetall(keys.batch(name))),

    list: async ({ offset, limit }) =>
      readAll((await redis.zrevrange(keys.batches, offset, offset + limit - 1)) as BatchName[]),

    page: async ({ after, limit }) => {
      const { ids, scores, more } = await readScorePage<BatchName>(redis, keys.batches, after, limit);
      return { batches: await readAll(ids), scores, more };
    },

    pause: async (name, by = 'person') => turn(name, 'paused', by),

    resume: async (name, only) => turn(name, 'running', only ?? ''),

    feed: async (terms: FeedTerms): Promise<Fed[]> => {
      const flat = (await run(feedLua, [
        terms.slots,
        terms.undeliveredMax,
        terms.undeliveredAgeMsMax,
        terms.watchMs,
        terms.rowsMax,
      ])) as (string | number)[];
      const fed: Fed[] = [];
      for (let i = 0; i < flat.length; i += 2) fed.push({ id: flat[i] as ExpansionId, hop: Number(flat[i + 1]) });
      return fed;
    },

    line: async () => {
      const throttle = await readThrottle(redis, keys, time?.());
      const [seconds] = await redis.time();
      const now = time?.() ?? Number(seconds) * 1000;
      const replies = await redis
        .pipeline()
        .hgetall(keys.line)
        .zcard(keys.slots)
        .scard(keys.fed)
        .zcard(keys.undelivered)
        .zcard(keys.doubts)
        .zcard(keys.due)
        .hgetall(keys.back)
        .zcount(keys.expiring, '-inf', now)
        .zcard(keys.held)
        .hlen(keys.suspects)
        .hgetall(keys.reconcile)
        .exec();
      const values = (replies ?? []).map(([error, value]) => {
        if (error) throw error;
        return value;
      });
      const hash = (values[0] ?? {}) as Record<string, string>;
      const wentBack = readBack((values[6] ?? {}) as Record<string, string>);
      const reason =
        wentBack === null
          ? {
              state: hash.state === 'halted' ? ('halted' as const) : ('running' as const),
              code: hash.code ?? null,
              message: hash.message ?? null,
              since: numberOrNull(hash.since),
              probeAt: numberOrNull(hash.probe_at),
            }
          : {
              state: 'halted' as const,
              code: 'redis_went_back',
              message: 'Redis does not know licences that it had granted.',
              since: wentBack.since,
              probeAt: null,
            };
      return {
        ...reason,
        wentBack,
        slotsInUse: Number(values[1]),
        fed: Number(values[2]),
        undelivered: Number(values[3]),
        doubts: Number(values[4]),
        reconciling: {
          held: Number(values[8]),
          suspects: Number(values[9]),
          ...readPassState((values[10] ?? {}) as Record<string, string>),
        },
        retriesWaiting: Number(values[5]),
        expiring: Number(values[7]),
        throttle,
      };
    },

    acceptUnknown: () => createHighWater(redis, keys, time).putRight(),

    resumeLine: async () => (await redis.del(keys.line)) === 1,
  };
};
