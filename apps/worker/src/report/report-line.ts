// Where a row stands in its batch's report, and what is told of it there. Pure.
import type { FailedRow, SucceededRow } from '@outpaint/shared/contract/report';
import { explain } from '@outpaint/shared/errors/classify';
import type { ExpansionRecord } from '@outpaint/shared/lifecycle/record';

export type ReportLine =
  | { readonly file: 'succeeded.jsonl'; readonly row: SucceededRow }
  | { readonly file: 'failed.jsonl'; readonly row: FailedRow };

const timeOf = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

const PERHAPS_PAID = {
  meaning: 'Nobody can tell whether a task was made: it is perhaps paid for.',
  remedy: 'Look for its task with outpaint reconcile first; handed in again as it is, it may be paid for twice.',
};

/** Null for a row that is neither: it still waits, or is at work. */
export const reportLineOf = (record: ExpansionRecord): ReportLine | null => {
  const { custom_id, source, parameters, output_key } = record.request;
  const request = { custom_id, source, parameters, output_key };
  const { status } = record;
  if (status === 'delivered') {
    return {
      file: 'succeeded.jsonl',
      row: {
        ...request,
        expansion_id: record.id,
        task_id: record.taskId,
        billed: record.billed,
        delivered_at: timeOf(record.deliveredAt),
        bytes: record.objectBytes,
        sha256: record.objectSha256,
        width: record.objectWidth,
        height: record.objectHeight,
      },
    };
  }
  if (status !== 'dead_lettered' && status !== 'cancelled' && status !== 'in_doubt') return null;
  const code =
    status === 'cancelled'
      ? 'batch_cancelled'
      : ((status === 'in_doubt' ? record.doubtCode : record.deadCode) ?? 'unknown');
  const known = status === 'in_doubt' ? PERHAPS_PAID : explain(code);
  return {
    file: 'failed.jsonl',
    row: {
      ...request,
      outpaint_error: {
        expansion_id: record.id,
        status,
        stage: status === 'dead_lettered' ? record.deadStage : null,
        code,
        class: status === 'in_doubt' ? 'in_doubt' : (record.deadClass ?? 'permanent'),
        message: (status === 'dead_lettered' ? record.deadMessage : null) ?? known.meaning,
        meaning: known.meaning,
        what_to_do: known.remedy,
        attempts:
          status === 'cancelled' && record.attempts === 0
            ? 0
            : record.attempts + record.sourceAttempts + record.deliverAttempts + 1,
        billed: status === 'in_doubt' ? 'maybe' : record.billed,
        task_id: record.taskId,
        ended_at: timeOf(status === 'in_doubt' ? record.doubtAt : record.deadAt),
      },
    },
  };
};
