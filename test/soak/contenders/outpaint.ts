// outpaint as its users run it: the manifest through the command line, and workers.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createRedisBatchStore } from '@outpaint/shared/batch/redis-batch-store';
import { letterJobId } from '@outpaint/shared/contract/dead-letter';
import { type BatchName, type CustomId, type ExpansionId, expansionIdOf } from '@outpaint/shared/contract/ids';
import type { ExpansionRecord } from '@outpaint/shared/lifecycle/record';
import { connectStore } from '@outpaint/shared/queue/connections';
import { keysOf } from '@outpaint/shared/record/keys';
import { createRedisRecordStore } from '@outpaint/shared/record/redis-record-store';
import { readObjects } from '../judge/bucket-objects.ts';
import { judgeBooks } from '../judge/judge-books.ts';
import { judgeKeys, SETS_EMPTY, SETS_OF_DOUBTS } from '../judge/judge-keys.ts';
import type { RowFacts } from '../judge/row-facts.ts';
import { later } from '../later.ts';
import { askOutpaint, reconcileOnce, tendRestored } from '../operator.ts';
import { SETTLE_S } from '../scaled-settings.ts';
import type { OpenContender } from './contender.ts';
import { ledgerByRow, ledgerLine } from './ledger-by-row.ts';

const BATCH = 'soak' as BatchName;
const NAMESPACE = 'soak';
const CHUNK = 250;
const LOOK_MS = 250;
const ENDINGS: Readonly<Record<string, string>> = {
  delivered: 'delivered',
  found_in_bucket: 'delivered',
  dead_lettered: 'dead_lettered',
  cancelled: 'cancelled',
};

/** Why a paid picture is not in the bucket, as far as the record knows. */
const explanationOf = (record: ExpansionRecord): string | null => {
  if (record.status === 'in_doubt') return `held: ${record.doubtCode}`;
  return record.status === 'dead_lettered' && record.billed !== 'no' ? `dead letter: ${record.deadCode}` : null;
};

export const openOutpaint: OpenContender = (world, catalog, workers) => {
  const keys = keysOf(NAMESPACE);
  const redis = connectStore(world.redis.url, 'judge');
  redis.on('error', () => undefined);
  const records = createRedisRecordStore(redis, keys);
  const batches = createRedisBatchStore(redis, keys);
  const env = { ...world.env, OUTPAINT_NAMESPACE: NAMESPACE };
  const ids = catalog.map(({ name }) => expansionIdOf(BATCH, name as CustomId));

  const readAll = async (): Promise<ExpansionRecord[]> => {
    const all: ExpansionRecord[] = [];
    for (let i = 0; i < ids.length; i += CHUNK) {
      const found = await records.readMany(ids.slice(i, i + CHUNK));
      all.push(...found.filter((record) => record !== null));
    }
    return all;
  };

  /** What is still under way, in words; null when nothing is. */
  const underWay = async (): Promise<string | null> => {
    const batch = await batches.read(BATCH);
    if (batch?.state !== 'finished') return `the batch is ${batch?.state}: ${JSON.stringify(batch?.counts)}`;
    for (const stage of ['submit', 'poll', 'deliver']) {
      for (const list of ['wait', 'active', 'delayed', 'prioritized']) {
        const key = `${keys.queuePrefix}:${stage}:${list}`;
        const type = await redis.type(key);
        const length = type === 'list' ? await redis.llen(key) : type === 'zset' ? await redis.zcard(key) : 0;
        if (length > 0) return `${length} tokens ${list} in ${stage}`;
      }
    }
    const watched = await records.readMany((await redis.zrange(keys.watch, '0', '-1')) as ExpansionId[]);
    const moving = watched.filter((record) => record?.status !== 'in_doubt');
    return moving.length > 0
      ? `${moving.length} rows are watched, such as ${moving[0]?.id} ${moving[0]?.status}`
      : null;
  };

  const untilQuiet = async (isOver: () => boolean): Promise<string[]> => {
    for (;;) {
      const left = await underWay().catch((error: Error) => error.message);
      if (left === null) return [];
      if (isOver()) return [`still under way at the end of the time: ${left}`];
      await later(LOOK_MS);
    }
  };

  return {
    begin: async () => {
      const csv = catalog.map(({ name, source }) => `${name},${source},1.5`);
      const manifest = join(world.dir, 'catalog.csv');
      await writeFile(manifest, `custom_id,source,x_scale\n${csv.join('\n')}\n`);
      const { code, stderr } = await askOutpaint(['run', manifest, '--batch', BATCH, '--detach'], env);
      if (code !== 0) throw new Error(`outpaint run ended with ${code}: ${stderr.slice(-500)}`);
    },
    crew: { size: workers, file: 'apps/worker/src/main.ts', env, readyLine: /"msg":"worker started"/ },
    progress: async () => {
      const batch = await batches.read(BATCH).catch(() => null);
      if (batch === null) return { ended: 0, isDone: false };
      const { delivered, dead_lettered, cancelled } = batch.counts;
      return { ended: delivered + dead_lettered + cancelled + batch.held, isDone: batch.state === 'finished' };
    },
    tend: ({ dir }) => tendRestored({ dir, patienceMs: 2 * world.t(SETTLE_S) }, env),
    settle: async ({ isOver }) => {
      const unsettled = await untilQuiet(isOver);
      if (unsettled.length > 0) return unsettled;
      // What the person's pass brings back to work ends as well.
      return [...(await reconcileOnce(env)), ...(await untilQuiet(isOver))];
    },
    rows: async () => {
      const [all, objects, ledger] = [
        new Map((await readAll()).map((record) => [record.id, record])),
        await readObjects(world.store, world.bucket),
        ledgerByRow(await world.sandbox.ledger(), catalog),
      ];
      return Promise.all(
        catalog.map(async ({ name }, i): Promise<RowFacts> => {
          const id = ids[i] as ExpansionId;
          const record = all.get(id);
          const history = await records.history(id);
          const entries = ledger.get(name) ?? [];
          return {
            name,
            moves: history.map(({ event }) => event),
            endings: history.flatMap(({ event }) => ENDINGS[event] ?? []),
            isHeld: record?.status === 'in_doubt',
            object: objects.get(record?.request.output_key ?? '') ?? null,
            ledger: entries,
            explanation: record === undefined ? null : explanationOf(record),
            story: [
              `${name} ${id}: ${record?.status ?? 'no record'}, task ${record?.taskId ?? '-'}, licence ${record?.licence ?? '-'}`,
              ...history.map(
                ({ at, event, status, detail }) => `${new Date(at).toISOString()} ${event} -> ${status} ${detail}`,
              ),
              ...entries.map(ledgerLine),
            ],
          };
        }),
      );
    },
    books: async () => {
      const all = await readAll();
      const batch = await batches.read(BATCH);
      if (batch === null) return ['the batch is gone'];
      const found: string[] = [];
      let cursor = '0';
      do {
        const [next, some] = await redis.scan(cursor, 'MATCH', `${keys.queuePrefix}:*`, 'COUNT', 1_000);
        cursor = next;
        found.push(...some.map((key) => key.slice(keys.prefix.length)));
      } while (cursor !== '0');
      const members: Record<string, string[]> = {};
      for (const name of [...SETS_EMPTY, ...SETS_OF_DOUBTS, 'dead']) {
        members[name] =
          name === 'fed' ? await redis.smembers(keys.fed) : await redis.zrange(`${keys.prefix}${name}`, '0', '-1');
      }
      return [
        ...judgeBooks(batch, all),
        ...judgeKeys({
          keys: found,
          batches: [BATCH],
          statuses: new Map(all.map(({ id, status }) => [id, status])),
          letters: new Set(
            all.filter(({ status }) => status === 'dead_lettered').map(({ id, deaths }) => letterJobId(id, deaths)),
          ),
          members,
        }),
      ];
    },
    close: async () => redis.disconnect(),
  };
};
