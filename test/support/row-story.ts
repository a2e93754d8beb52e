// Rows by name: hands them in, aims faults at one of them, and afterwards tells all that became of it.
import type { LedgerRow } from '@outpaint/sandbox/upstream/ledger';
import type { Batch } from '@outpaint/shared/batch/batch';
import type { DeadLetter } from '@outpaint/shared/contract/dead-letter';
import { letterJobId } from '@outpaint/shared/contract/dead-letter';
import { type BatchName, expansionIdOf } from '@outpaint/shared/contract/ids';
import type { ExpansionRecord } from '@outpaint/shared/lifecycle/record';
import { expect } from 'vitest';
import type { Stack } from './stack.ts';
import { BATCH, requestOf } from './stores.ts';
import { waitFor } from './wait-for.ts';

export const PRICE_MICRO = 180_000;

/** What a row's source contains and no other row's does: for a fault's or the ledger's `source`. */
export const aimedAt = (name: string): string => `/${name}.jpg`;

export const rowOf = (stack: Stack, name: string, batch: BatchName = BATCH, more: Record<string, unknown> = {}) =>
  requestOf(name, batch, { source: stack.sandbox.pictureUrl(`${name}.jpg`), ...more });

/** `prefix-0`, `prefix-1`, … */
export const namesOf = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_, i) => `${prefix}-${i}`);

/** Accepts one row for each name and seals the batch. */
export const handIn = async (stack: Stack, names: readonly string[], batch: BatchName = BATCH): Promise<void> => {
  await stack.accept(
    batch,
    names.map((name) => rowOf(stack, name, batch)),
  );
  await stack.batches.seal(batch);
};

export const recordOf = async (stack: Stack, name: string, batch: BatchName = BATCH): Promise<ExpansionRecord> => {
  const record = await stack.records.read(expansionIdOf(batch, requestOf(name, batch).custom_id));
  if (record === null) throw new Error(`no record of ${name}`);
  return record;
};

/** All that is known of one row; plain data, good after the stack is gone. */
export interface RowStory {
  readonly record: ExpansionRecord;
  /** Of its last death. */
  readonly letter: DeadLetter | null;
  /** Names of its moves, oldest first; polls are not among them. */
  readonly events: readonly string[];
  readonly ledger: readonly LedgerRow[];
  readonly submits: number;
  readonly tasks: number;
  readonly billed: number;
  /** How often its result was asked for. */
  readonly downloads: number;
}

export const storyOf = async (stack: Stack, name: string, batch: BatchName = BATCH): Promise<RowStory> => {
  // The batch is finished with the row's last move; its letter follows, at the latest by the sweeper.
  const record = await waitFor(`the letter of ${name}, if it died`, async () => {
    const now = await recordOf(stack, name, batch);
    return (now.status !== 'dead_lettered' || now.letterWritten) && now;
  });
  const { ledger, log } = stack.sandbox;
  const source = aimedAt(name);
  return {
    record,
    letter: await stack.queues.readLetter(letterJobId(record.id, record.deaths)),
    events: (await stack.records.history(record.id)).map(({ event }) => event),
    ledger: structuredClone(ledger.rows(source)) as LedgerRow[],
    submits: ledger.submits(source),
    tasks: ledger.tasks(source),
    billed: ledger.billed(source),
    downloads: log.recent().filter((line) => line.op === 'result' && line.source?.includes(source)).length,
  };
};

export const storiesOf = async (
  stack: Stack,
  names: readonly string[],
  batch: BatchName = BATCH,
): Promise<ReadonlyMap<string, RowStory>> =>
  new Map(await Promise.all(names.map(async (name) => [name, await storyOf(stack, name, batch)] as const)));

/**
 * What must hold of every batch whatever went wrong: exact counters, no picture billed twice, the money of exactly what
 * was billed or may have been (`maybe` rows).
 */
export const expectBooksBalance = async (stack: Stack, name: BatchName = BATCH, maybe = 0): Promise<Batch> => {
  const batch = await stack.batch(name);
  expect(batch.counts).toEqual(await stack.countRows(name));
  expect(Object.values(batch.counts).reduce((sum, count) => sum + count, 0)).toBe(batch.rows);
  expect(stack.sandbox.ledger.billedTwice()).toEqual([]);
  const { in_doubt, submitting, submitted } = batch.counts;
  expect(batch.reservedMicro).toBe((in_doubt + submitting + submitted) * PRICE_MICRO);
  const billed = (await batchLedger(stack, name)).filter((row) => row.billed).length;
  // What upstream has billed is counted once we have seen it.
  if (in_doubt + submitted === 0) expect(batch.spentMicro).toBe((billed + maybe) * PRICE_MICRO);
  return batch;
};

/** The ledger's rows of one batch, by the sources of its records. */
const batchLedger = async (stack: Stack, name: BatchName): Promise<readonly LedgerRow[]> => {
  const sources = new Set<string>();
  let cursor = '0';
  do {
    const [next, found] = await stack.redis.scan(cursor, 'MATCH', `${stack.keys.prefix}q:*`, 'COUNT', 500);
    cursor = next;
    for (const key of found) {
      const request = JSON.parse((await stack.redis.get(key)) ?? '{}') as { batch?: string; source?: string };
      if (request.batch === name && request.source !== undefined) sources.add(request.source);
    }
  } while (cursor !== '0');
  return stack.sandbox.ledger.rows().filter((row) => row.source !== null && sources.has(row.source));
};

/**
 * One batch with many rows, each with a fault of its own, tells as much as many batches with one: `tell` runs when the
 * first test asks for a row, so that each row can be a test with a name and one worker serves them all.
 */
export const toldOnce = (tell: () => Promise<ReadonlyMap<string, RowStory>>): ((name: string) => Promise<RowStory>) => {
  let told: Promise<ReadonlyMap<string, RowStory>> | undefined;
  return async (name) => {
    told ??= tell();
    const row = (await told).get(name);
    if (row === undefined) throw new Error(`no story of ${name}`);
    return row;
  };
};
