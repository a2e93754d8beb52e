// When, by upstream's clock, a submit may have made its task; and whether a task is of its key. Pure.
import type { OpenSubmit } from './open-submit.ts';
import type { ClockOffset, ReconcileTerms, Span, UnknownTask } from './verdict.ts';

/** The machines that answer us and those that date tasks may differ by this much. */
export const UPSTREAM_SKEW_MS = 500;

/** Around a doubt this part of the settle delay must be quiet before its send as well: clocks are not to be trusted with money. */
const QUIET_BEFORE = 10;

/** In which a task of this submit was made, if the API did not work on it long after the exchange had ended. */
export const madeSpan = (submit: OpenSubmit, offset: ClockOffset): Span => ({
  from: submit.sentFrom + offset.lo - UPSTREAM_SKEW_MS,
  to: submit.madeBy + offset.hi + UPSTREAM_SKEW_MS,
});

/** In which no task may stand unexplained before the submit counts as not made. */
export const quietSpan = (
  submit: OpenSubmit,
  offset: ClockOffset,
  terms: Pick<ReconcileTerms, 'doubtSettleMs'>,
): Span => {
  const made = madeSpan(submit, offset);
  const settled = submit.sentTo + terms.doubtSettleMs + offset.hi;
  return { from: made.from - Math.ceil(terms.doubtSettleMs / QUIET_BEFORE), to: Math.max(made.to, settled) };
};

/** False only where both ids are known and differ: a task without an id may be of any key. */
export const isOfKey = (submit: OpenSubmit, task: UnknownTask, keyIds: ReadonlyMap<string, string>): boolean => {
  const own = submit.keyName === null ? undefined : keyIds.get(submit.keyName);
  return own === undefined || task.apiKeyId === null || own === task.apiKeyId;
};
