// What a control is told, and what it leaves behind.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ControlConfig, ResultLine } from '../controls/expand-once.ts';
import { readObjects } from '../judge/bucket-objects.ts';
import type { RowFacts } from '../judge/row-facts.ts';
import { OWN_KEY, type World } from '../world.ts';
import type { CatalogRow } from './contender.ts';
import { ledgerByRow, ledgerLine } from './ledger-by-row.ts';

/** BullMQ's own default, in scaled time; a busy machine needs a second to renew. */
const LOCK_S = 30;
const LOCK_MS_LEAST = 2_000;

export const controlConfig = (world: World, catalog: readonly CatalogRow[], concurrency: number): ControlConfig => {
  const { env, t } = world;
  return {
    baseUrl: world.baseUrl,
    apiKey: OWN_KEY,
    redisUrl: world.redis.url,
    s3: {
      endpoint: world.gate.endpoint,
      region: env.AWS_REGION ?? '',
      accessKeyId: env.AWS_ACCESS_KEY_ID ?? '',
      secretAccessKey: env.AWS_SECRET_ACCESS_KEY ?? '',
    },
    bucket: world.bucket,
    rows: catalog,
    resultsFile: join(world.dir, 'results.jsonl'),
    concurrency,
    secondMs: t(1),
    answerMs: Number(env.UPSTREAM_REQUEST_TIMEOUT_MS),
    downloadMs: Number(env.RESULT_DEADLINE_MS),
    lockMs: Math.max(t(LOCK_S), LOCK_MS_LEAST),
  };
};

export const readResults = (config: ControlConfig): ResultLine[] =>
  existsSync(config.resultsFile)
    ? readFileSync(config.resultsFile, 'utf8')
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as ResultLine)
    : [];

/** A control knows of no doubts and keeps no book of its own, so nothing that it paid for in vain is explained. */
export const rowsOfControl = async (
  world: World,
  catalog: readonly CatalogRow[],
  results: readonly ResultLine[],
): Promise<RowFacts[]> => {
  const objects = await readObjects(world.store, world.bucket);
  const ledger = ledgerByRow(await world.sandbox.ledger(), catalog);
  const byName = Map.groupBy(results, ({ name }) => name);
  return catalog.map(({ name }) => {
    const lines = byName.get(name) ?? [];
    const entries = ledger.get(name) ?? [];
    return {
      name,
      moves: [],
      endings: lines.map(({ ending }) => ending),
      isHeld: false,
      object: objects.get(`${name}.jpg`) ?? null,
      ledger: entries,
      explanation: null,
      story: [name, ...lines.map((line) => JSON.stringify(line)), ...entries.map(ledgerLine)],
    };
  });
};
