// One row of a batch in a list: what a person needs to see which it is and how it stands.
import type { ExpansionRecord } from '@outpaint/shared/lifecycle/record';

const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

export const rowJson = (record: ExpansionRecord) => ({
  id: record.id as string,
  batch: record.batch as string,
  custom_id: record.request.custom_id as string,
  status: record.status,
  billed: record.billed,
  source: record.request.source,
  output_key: record.request.output_key as string,
  parameters: { ...record.request.parameters } as Record<string, unknown>,
  code: record.status === 'dead_lettered' ? record.deadCode : record.status === 'in_doubt' ? record.doubtCode : null,
  message: record.status === 'dead_lettered' ? record.deadMessage : null,
  bytes: record.objectBytes,
  width: record.objectWidth,
  height: record.objectHeight,
  at: iso(record.deliveredAt ?? record.deadAt ?? record.doubtAt ?? record.submittedAt ?? record.fedAt),
});
