// Writes the report of a batch into the bucket: rows as streams first, then the file that vouches for them.

import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { type Batch, unfinishedRows } from '@outpaint/shared/batch/batch';
import type { BatchStore } from '@outpaint/shared/batch/batch-store';
import type { OwedReport, ReportStore } from '@outpaint/shared/batch/report-store';
import type { ExpansionId } from '@outpaint/shared/contract/ids';
import { formatMoney, type MoneyMicro } from '@outpaint/shared/contract/money';
import {
  type FailedRow,
  type ReportFile,
  type ReportFileFacts,
  type ReportManifest,
  reportKey,
  type SucceededRow,
} from '@outpaint/shared/contract/report';
import { OutpaintError } from '@outpaint/shared/errors/outpaint-error';
import type { RecordStore } from '@outpaint/shared/record/record-store';
import type { ImageStore } from '@outpaint/shared/storage/image-store';
import type { ObjectWriter, ObjectWriting } from '@outpaint/shared/storage/object-writer';
import { reportLineOf } from './report-line.ts';

export interface WriteReportDeps {
  readonly batches: Pick<BatchStore, 'read'>;
  readonly reports: ReportStore;
  readonly records: Pick<RecordStore, 'readMany'>;
  readonly store: Pick<ImageStore, 'head'>;
  readonly writer: Pick<ObjectWriter, 'open'>;
  /** The object under a key as it stands; null where there is none. */
  readonly previous: (key: string) => Promise<{ readonly body: Readable } | null>;
  readonly priceMicro: MoneyMicro;
  readonly now: () => number;
}

const ENDED_STATUSES = ['delivered', 'dead_lettered', 'in_doubt', 'cancelled'] as const;
const ROWS_PER_READ = 500;
/** A claim lasts for many reads and some parts; who dies is followed after it. */
export const CLAIM_MS = 60_000;

const time = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());
const amount = (micro: MoneyMicro): string => formatMoney(micro, '').trim();

export type Rest = ReportManifest['ended'];

/** Why a batch stands still, or null while it moves. Pure. */
export const restOf = (batch: Batch): Rest | null => {
  if (batch.state === 'finished') return batch.run === 'cancelled' ? 'cancelled' : 'finished';
  if (unfinishedRows(batch) > batch.counts.accepted || batch.run !== 'paused') return null;
  return batch.pausedBy === 'budget' || batch.pausedBy === 'threshold' ? batch.pausedBy : null;
};

/** A picture under the report's own key is somebody's work: it is not written over. */
const refusePictures = async (deps: WriteReportDeps, key: string): Promise<void> => {
  const there = await deps.store.head(key);
  if (there !== null && there.expansionId !== null)
    throw new OutpaintError('output_key_taken', `The report's key ${key} holds the picture of ${there.expansionId}.`);
};

/** Lines of the report before about rows that are forgotten meanwhile: only there is it still said what became of them. */
async function* forgottenLines(deps: WriteReportDeps, key: string): AsyncGenerator<string> {
  const before = await deps.previous(key);
  if (before === null) return;
  const kept = async (lines: readonly string[]): Promise<string[]> => {
    const records = await deps.records.readMany(lines.map(expansionOf));
    return lines.filter((_, i) => records[i] === null);
  };
  let lines: string[] = [];
  for await (const line of createInterface({ input: before.body, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line !== '') lines.push(line);
    if (lines.length < ROWS_PER_READ) continue;
    yield* await kept(lines);
    lines = [];
  }
  yield* await kept(lines);
}

const expansionOf = (line: string): ExpansionId => {
  const row = JSON.parse(line) as Partial<SucceededRow & FailedRow>;
  return (row.expansion_id ?? row.outpaint_error?.expansion_id ?? '') as ExpansionId;
};

/** Safe to repeat, also at once: the last one that ends stands. Throws as the store does; `signal` ends it early. */
export const writeReport = async (
  deps: WriteReportDeps,
  owed: OwedReport,
  ended: Rest,
  signal: AbortSignal,
): Promise<ReportManifest> => {
  const { name } = owed;
  const files = ['succeeded.jsonl', 'failed.jsonl'] as const;
  for (const file of [...files, 'manifest.json'] as const) await refusePictures(deps, reportKey(name, file));
  const open = (file: ReportFile): ObjectWriting =>
    deps.writer.open(reportKey(name, file), file === 'manifest.json' ? 'application/json' : 'application/jsonl');
  const writing = { 'succeeded.jsonl': open('succeeded.jsonl'), 'failed.jsonl': open('failed.jsonl') };
  const rows = { 'succeeded.jsonl': 0, 'failed.jsonl': 0 };
  try {
    if (((await deps.batches.read(name))?.expired ?? 0) > 0) {
      for (const file of files) {
        for await (const line of forgottenLines(deps, reportKey(name, file))) {
          rows[file] += 1;
          await writing[file].write(`${line}\n`);
        }
      }
    }
    for (const status of ENDED_STATUSES) {
      for (let from = 0; ; from += ROWS_PER_READ) {
        signal.throwIfAborted();
        const ids = await deps.reports.rows(name, status, from, ROWS_PER_READ);
        if (ids.length === 0) break;
        for (const record of await deps.records.readMany(ids)) {
          const line = record?.status === status ? reportLineOf(record) : null;
          if (line === null) continue;
          rows[line.file] += 1;
          await writing[line.file].write(`${JSON.stringify(line.row)}\n`);
        }
        await deps.reports.keep(name, CLAIM_MS);
      }
    }
    const facts = async (file: (typeof files)[number]): Promise<ReportFileFacts> => ({
      ...(await writing[file].end()),
      rows: rows[file],
    });
    const written = { 'succeeded.jsonl': await facts('succeeded.jsonl'), 'failed.jsonl': await facts('failed.jsonl') };
    const batch = await deps.batches.read(name);
    if (batch === null) throw new OutpaintError('batch_unknown', `The batch ${name} is not there any more.`);
    const manifest = manifestOf(deps, batch, owed, ended, written);
    const last = open('manifest.json');
    await last.write(`${JSON.stringify(manifest, null, 2)}\n`);
    await last.end();
    return manifest;
  } finally {
    // What did not end leaves parts behind that are paid for and seen by nobody.
    await Promise.allSettled(Object.values(writing).map((file) => file.abort()));
  }
};

const manifestOf = (
  deps: WriteReportDeps,
  batch: Batch,
  owed: OwedReport,
  ended: Rest,
  files: ReportManifest['files'],
): ReportManifest => ({
  v: 1,
  batch: batch.name,
  ended,
  written_at: new Date(deps.now()).toISOString(),
  turn: owed.turn,
  rows: batch.rows,
  counts: batch.counts,
  held: batch.held,
  currency: batch.currency,
  spent: amount(batch.spentMicro),
  reserved: amount(batch.reservedMicro),
  created_at: time(batch.createdAt),
  sealed_at: time(batch.sealedAt),
  finished_at: time(batch.finishedAt),
  settings: {
    budget: batch.budgetMicro === null ? null : amount(batch.budgetMicro),
    failures_max: batch.failuresMax,
    failures_percent: batch.failuresPercent,
    price_per_image: amount(deps.priceMicro),
  },
  files,
});
