// Every transition that code can build is a legal edge, and guards itself by hop or licence.
import { describe, expect, it } from 'vitest';
import type { Failure } from './failure.ts';
import * as delivering from './moves/deliver-moves.ts';
import * as doubting from './moves/doubt-moves.ts';
import * as ending from './moves/ending-moves.ts';
import * as polling from './moves/poll-moves.ts';
import * as submitting from './moves/submit-moves.ts';
import * as withdrawing from './moves/withdraw-moves.ts';
import { policyForTests, recordWith } from './record-fixture.test-support.ts';
import { isLegalMove } from './status.ts';
import type { Transition } from './transition.ts';

const failure: Failure = { code: 'InternalError.Algo', class: 'transient', message: 'algorithm process error' };
const picture = { bytes: 1, sha256: 'ab', width: 1, height: 1 };
const record = recordWith({});
const doubt = recordWith({ status: 'in_doubt', licence: 'l', sentAt: 1 });

const all: Transition[] = [
  submitting.toSubmitted({ kind: 'submitted', licence: 'l', taskId: 't' as never, requestId: null }, 1),
  submitting.toRetriedSubmit('l', failure, 1, 'attempts'),
  submitting.toRetriedSubmit('l', failure, 1, null),
  submitting.toPostponed(record, 1, 'r'),
  submitting.toLineHalted('l', failure, 1),
  submitting.toDoubt('l', failure, 1),
  submitting.toTaken('l', failure, 1),
  submitting.toSlotFreed(record),
  submitting.toUnsent('l', 1, 'r'),
  submitting.toRestored(
    record,
    { licence: 'l', at: 1, taskId: 't' as never, requestId: null },
    { watchMs: 1, priceMicro: 1 },
  ),
  doubting.toAdopted(doubt, { taskId: 't', requestId: null }, 1),
  doubting.toReleased(doubt, 1, policyForTests),
  doubting.toReleasedToDeath(doubt, failure, policyForTests),
  doubting.toHeld(doubt, 'ambiguous', []),
  doubting.toGivenUp(doubt, policyForTests),
  polling.toPolled(record, 1),
  polling.toQueryFailed(record, failure, 1),
  polling.toGenerated(record, { kind: 'generated', resultUrl: 'u', imageCount: 1 }, 1, { expiresAt: 2, yieldAt: 1 }),
  polling.toRetriedTask(record, failure, 1, 'attempts'),
  polling.toLineHaltedByTask(record, failure, 1),
  delivering.toRetriedDelivery(record, failure, 1, 'deliver_attempts'),
  delivering.toDelivered(picture),
  delivering.toFound(record, picture),
  ending.toCancelled(record),
  withdrawing.toWithdrawing(record),
  withdrawing.toNotWithdrawn(record),
  withdrawing.toWithdrawn(record),
  ending.toDeadLettered(record, 'submit', failure, { watchMs: 1 }),
  ending.toDeadLettered(record, 'submit', failure, { watchMs: 1, licence: 'l' }),
  ending.toDeadLettered(record, 'poll', failure, { watchMs: 1 }),
  ending.toDeadLettered(record, 'deliver', failure, { watchMs: 1 }),
  ending.toLetterWritten(record),
  ending.toRescued(record, 1),
  ending.toRedriven(record, 'accepted', 1),
  ending.toRedriven(record, 'submitted', 1),
  ending.toRedriven(record, 'generated', 1),
].filter((t) => t !== null);

describe('every transition', () => {
  it.each(all.map((t) => [t.name, t.to, t] as const))('%s to %s is a legal edge', (_name, _to, transition) => {
    for (const from of transition.from) expect(isLegalMove(from, transition.to)).toBe(true);
  });

  it('is guarded by the hop or the licence that its caller read, except the delivery that the bucket confirms', () => {
    const unguarded = all.filter((t) => t.hop === undefined && t.licence === undefined).map((t) => t.name);
    expect(unguarded).toEqual(['delivered']);
  });

  it('that leaves the paid part without a result releases or spends the money of its licence', () => {
    const fromPaid = all.filter(
      (t) =>
        t.from.some((s) => s === 'submitting' || s === 'submitted') &&
        ['accepted', 'dead_lettered', 'generated', 'cancelled'].includes(t.to),
    );
    expect(fromPaid.filter((t) => t.money === undefined).map((t) => t.name)).toEqual([]);
  });

  it('to an unfinished status that a stage works on is watched, waits for its due time, or stands in a backlog', () => {
    const unwatched = all
      .filter((t) => ['accepted', 'submitting', 'submitted', 'generated', 'in_doubt'].includes(t.to))
      .filter((t) => t.watch_in === undefined && t.due_in === undefined && t.backlog === undefined)
      .filter((t) => t.keep_watch !== true);
    // A doubt past its deadline holds nothing any more; it waits for a person.
    expect(unwatched.map((t) => t.name)).toEqual(['slot_freed']);
  });
});
