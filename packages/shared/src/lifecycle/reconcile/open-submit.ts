// A submit that may have made a task of which no record knows: when it left, until when its task may have been made.
import type { Policy } from '../policy.ts';
import type { ExpansionRecord } from '../record.ts';

/** `flying`: its answer may still come · `doubt`: none will · `released`: a person or we gave it up, its task may yet appear. */
export type OpenKind = 'flying' | 'doubt' | 'released';

/** Times are epoch ms by Redis' clock. */
export interface OpenSubmit {
  readonly id: string;
  readonly batch: string;
  readonly licence: string;
  readonly kind: OpenKind;
  /** No byte of it left before the first, or after the second. */
  readonly sentFrom: number;
  readonly sentTo: number;
  /** Its task, if there is one, was made by then, unless the API worked on it long after the exchange had ended. */
  readonly madeBy: number;
  /** Of the submit call, where an answer's headers came. */
  readonly requestId: string | null;
  /** Names the key it was sent with, see `keyNameOf`. */
  readonly keyName: string | null;
}

/** The other side had ended the exchange by itself, so it was not still at work on it for long. */
const ENDED_UPSTREAM: readonly string[] = ['upstream_reset', 'upstream_bad_answer'];
const ENDED_LATE_MS_MAX = 2_000;

type Terms = Pick<Policy, 'requestTimeoutMs' | 'doubtLateMs' | 'doubtSettleMs'>;

/** Null where no POST of this record can have left: it holds no licence, or is neither `submitting` nor `in_doubt`. */
export const openSubmitOf = (record: ExpansionRecord, terms: Terms): OpenSubmit | null => {
  const { licence, sentAt } = record;
  if (licence === null || sentAt === null) return null;
  if (record.status !== 'submitting' && record.status !== 'in_doubt') return null;
  // A licence is used within half a request's time or not at all; a worker that came back has measured it better.
  const sentFrom = record.sentFrom ?? sentAt;
  const sentTo = record.failedAt ?? sentAt + Math.ceil(terms.requestTimeoutMs / 2);
  const lateMs = ENDED_UPSTREAM.includes(record.doubtCode ?? '')
    ? Math.min(terms.doubtLateMs, ENDED_LATE_MS_MAX)
    : terms.doubtLateMs;
  return {
    id: record.id,
    batch: record.batch,
    licence,
    kind: record.status === 'in_doubt' ? 'doubt' : 'flying',
    sentFrom,
    sentTo,
    // Where nobody measured the end of the exchange it ended by its deadline.
    madeBy: sentTo + (record.failedAt === null ? terms.requestTimeoutMs : 0) + lateMs,
    requestId: record.submitRequestId,
    keyName: record.keyName,
  };
};

/** From then on what is not listed counts as not made. Counted from the last moment at which it may have been sent. */
export const settleAt = (submit: OpenSubmit, terms: Pick<Policy, 'doubtSettleMs'>): number =>
  submit.sentTo + terms.doubtSettleMs;
