// From Redis' hash and request string to the record that code reads.
import type { BatchName, ExpansionId, TaskId } from '../contract/ids.ts';
import { traceOfText } from '../contract/trace-context.ts';
import { OutpaintError } from '../errors/outpaint-error.ts';
import type { FailureEntry } from '../lifecycle/failure.ts';
import { type ExpansionRecord, type HeldCandidate, RECORD_VERSION } from '../lifecycle/record.ts';
import { isStatus } from '../lifecycle/status.ts';
import { requestOfText } from './stored-request.ts';

const text = (value: string | undefined): string | null => (value === undefined || value === '' ? null : value);
const count = (value: string | undefined): number => (value === undefined ? 0 : Number(value));
const time = (value: string | undefined): number | null => (value === undefined || value === '' ? null : Number(value));

/**
 * Null where neither a request nor a record exists. Throws `record_newer` for a layout that this code does not know:
 * an older worker leaves such a row alone rather than guess.
 */
export const readRecord = (
  id: ExpansionId,
  requestJson: string | null,
  hash: Readonly<Record<string, string>>,
): ExpansionRecord | null => {
  if (requestJson === null) return null;
  const version = Number(hash.v ?? RECORD_VERSION);
  if (version > RECORD_VERSION) {
    throw new OutpaintError(
      'record_newer',
      `The record of ${id} has version ${version}; this program knows ${RECORD_VERSION}.`,
      {
        facts: { id, version },
      },
    );
  }
  const request = requestOfText(requestJson);
  const status = hash.status ?? 'accepted';
  if (!isStatus(status))
    throw new OutpaintError('record_unreadable', `The record of ${id} has the status ${status}.`, { facts: { id } });
  return {
    id,
    version,
    batch: (hash.batch ?? request.batch) as BatchName,
    request,
    trace: traceOfText(hash.trace),
    status,
    hop: count(hash.hop),
    fedAt: time(hash.fed_at),
    licence: text(hash.licence),
    sentAt: time(hash.sent_at),
    sentFrom: time(hash.sent_from),
    failedAt: time(hash.failed_at),
    keyName: text(hash.key_name),
    doubtAt: time(hash.doubt_at),
    doubtCode: text(hash.doubt_code),
    holdReason: text(hash.hold_reason),
    holdCandidates: hash.hold_candidates === undefined ? [] : (JSON.parse(hash.hold_candidates) as HeldCandidate[]),
    taskId: text(hash.task_id) as TaskId | null,
    submitRequestId: text(hash.submit_request_id),
    submittedAt: time(hash.submitted_at),
    polls: count(hash.polls),
    lookedAt: time(hash.looked_at),
    pollErrors: count(hash.poll_errors),
    withdraw: hash.withdraw === 'asked' || hash.withdraw === 'refused' ? hash.withdraw : null,
    resultUrl: text(hash.result_url),
    generatedAt: time(hash.generated_at),
    resultExpiresAt: time(hash.result_expires_at),
    attempts: count(hash.attempts),
    sourceAttempts: count(hash.source_attempts),
    deliverAttempts: count(hash.deliver_attempts),
    storeErrors: count(hash.store_errors),
    rescues: count(hash.rescues),
    deliveredAt: time(hash.delivered_at),
    objectBytes: time(hash.object_bytes),
    objectSha256: text(hash.object_sha256),
    objectWidth: time(hash.object_width),
    objectHeight: time(hash.object_height),
    deadAt: time(hash.dead_at),
    deaths: count(hash.deaths),
    deadStage: text(hash.dead_stage),
    deadCode: text(hash.dead_code),
    deadClass: text(hash.dead_class),
    deadMessage: text(hash.dead_message),
    deadRequestId: text(hash.dead_request_id),
    letterWritten: hash.letter === 'written',
    billed: hash.billed === 'yes' ? 'yes' : hash.billed === 'maybe' ? 'maybe' : 'no',
    errors: hash.errors === undefined ? [] : (JSON.parse(hash.errors) as FailureEntry[]),
  };
};
