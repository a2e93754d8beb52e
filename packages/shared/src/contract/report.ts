// The report of a batch in the bucket: three files, and what a line of each holds.
import type { BatchName } from './ids.ts';
import type { SentParameters } from './parameters.ts';

export const REPORT_FILES = ['manifest.json', 'succeeded.jsonl', 'failed.jsonl'] as const;
export type ReportFile = (typeof REPORT_FILES)[number];

/** Below the installation's prefix. */
export const reportKey = (batch: BatchName, file: ReportFile): string => `${batch}/report/${file}`;

/** Times are ISO 8601. */
export interface SucceededRow {
  readonly custom_id: string;
  readonly expansion_id: string;
  readonly source: string;
  readonly parameters: SentParameters;
  readonly output_key: string;
  readonly task_id: string | null;
  /** `no`: it stood in the bucket already. */
  readonly billed: 'no' | 'yes' | 'maybe';
  readonly delivered_at: string | null;
  readonly bytes: number | null;
  readonly sha256: string | null;
  readonly width: number | null;
  readonly height: number | null;
}

/** A line of a manifest: what stands beside the request is left alone when the file is handed in again. */
export interface FailedRow {
  readonly custom_id: string;
  readonly source: string;
  readonly parameters: SentParameters;
  readonly output_key: string;
  readonly outpaint_error: {
    readonly expansion_id: string;
    readonly status: 'dead_lettered' | 'in_doubt' | 'cancelled';
    readonly stage: string | null;
    readonly code: string;
    readonly class: string;
    readonly message: string;
    readonly meaning: string;
    readonly what_to_do: string;
    readonly attempts: number;
    /** `yes` and `maybe` are paid for, or may be, without a picture. */
    readonly billed: 'no' | 'yes' | 'maybe';
    readonly task_id: string | null;
    readonly ended_at: string | null;
  };
}

export interface ReportFileFacts {
  readonly key: string;
  readonly rows: number;
  readonly bytes: number;
  readonly sha256: string;
}

/** Money is exact decimals. */
export interface ReportManifest {
  readonly v: 1;
  readonly batch: string;
  /** Why it was written: the batch ended, or stands still for one of two reasons. */
  readonly ended: 'finished' | 'cancelled' | 'budget' | 'threshold';
  readonly written_at: string;
  /** How many reports of this batch have been owed: a redrive makes another one. */
  readonly turn: number;
  readonly rows: number;
  readonly counts: Readonly<Record<string, number>>;
  readonly held: number;
  readonly currency: string;
  readonly spent: string;
  readonly reserved: string;
  readonly created_at: string | null;
  readonly sealed_at: string | null;
  readonly finished_at: string | null;
  readonly settings: {
    readonly budget: string | null;
    readonly failures_max: number | null;
    readonly failures_percent: number | null;
    readonly price_per_image: string;
  };
  readonly files: Readonly<Record<Exclude<ReportFile, 'manifest.json'>, ReportFileFacts>>;
}
