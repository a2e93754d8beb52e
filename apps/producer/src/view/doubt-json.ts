// A doubt as the outside sees it: what is known of its send, and why it is held.
import { HOLD_TEXT, type HoldReason } from '@outpaint/shared/lifecycle/reconcile/verdict';
import type { ExpansionRecord } from '@outpaint/shared/lifecycle/record';

const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

/** A sentence for people; null where nothing holds it. */
export const holdText = (reason: string | null): string | null =>
  reason === null ? null : (HOLD_TEXT[reason as HoldReason] ?? reason);

export const doubtJson = (record: ExpansionRecord) => ({
  id: record.id,
  batch: record.batch,
  custom_id: record.request.custom_id,
  code: record.doubtCode,
  sent_at: iso(record.sentAt),
  sent_from: iso(record.sentFrom),
  failed_at: iso(record.failedAt),
  in_doubt_at: iso(record.doubtAt),
  submit_request_id: record.submitRequestId,
  state: record.holdReason === null ? 'waiting' : 'held',
  reason: record.holdReason,
  meaning: holdText(record.holdReason),
  candidates: record.holdCandidates.map(({ created_at, ...rest }) => ({ ...rest, created_at: iso(created_at) })),
});
