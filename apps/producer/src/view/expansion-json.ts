// An expansion as the outside sees it. The result's address is left out: it is a bearer token.

import type { ExpansionRecord } from '@outpaint/shared/lifecycle/record';
import { doubtJson } from './doubt-json.ts';

const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

export const expansionJson = (record: ExpansionRecord) => ({
  id: record.id,
  batch: record.batch,
  custom_id: record.request.custom_id,
  trace_id: record.trace?.traceId ?? null,
  status: record.status,
  hop: record.hop,
  billed: record.billed,
  task_id: record.taskId,
  submit_request_id: record.submitRequestId,
  attempts: { submit: record.attempts, source: record.sourceAttempts, deliver: record.deliverAttempts },
  polls: record.polls,
  rescues: record.rescues,
  deaths: record.deaths,
  fed_at: iso(record.fedAt),
  sent_at: iso(record.sentAt),
  in_doubt_at: iso(record.doubtAt),
  doubt_code: record.doubtCode,
  doubt: record.status === 'in_doubt' ? doubtJson(record) : null,
  submitted_at: iso(record.submittedAt),
  generated_at: iso(record.generatedAt),
  delivered_at: iso(record.deliveredAt),
  dead_at: iso(record.deadAt),
  dead_stage: record.deadStage,
  dead_code: record.deadCode,
  dead_class: record.deadClass,
  dead_message: record.deadMessage,
  object:
    record.objectBytes === null
      ? null
      : {
          key: record.request.output_key,
          bytes: record.objectBytes,
          sha256: record.objectSha256,
          width: record.objectWidth,
          height: record.objectHeight,
        },
  errors: record.errors.map(({ at, ...error }) => ({ at: iso(at), ...error })),
  request: record.request,
});
