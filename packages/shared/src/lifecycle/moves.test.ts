// Every transition that code can build is a legal edge, and guards itself by hop or licence.
import { describe, expect, it } from 'vitest';
import type { Failure } from './failure.ts';
import * as move from './moves.ts';
import { recordWith } from './record-fixture.test-support.ts';
import { isLegalMove } from './status.ts';
import type { Transition } from './transition.ts';

const failure: Failure = { code: 'InternalError.Algo', class: 'transient', message: 'algorithm process error' };
const picture = { bytes: 1, sha256: 'ab', width: 1, height: 1 };
const record = recordWith({});

const all: Transition[] = [
  move.toSubmitted({ kind: 'submitted', licence: 'l', taskId: 't' as never, requestId: null }, 1),
  move.toRetriedSubmit('l', failure, 1, 'attempts'),
  move.toRetriedSubmit('l', failure, 1, null),
  move.toPostponed(record, 1, 'r'),
  move.toLineHalted('l', failure, 1),
  move.toDoubt('l', failure, 1),
  move.toSlotFreed(record),
  move.toPolled(record, 1),
  move.toQueryFailed(record, failure, 1),
  move.toGenerated(record, { kind: 'generated', resultUrl: 'u', imageCount: 1 }, 1),
  move.toRetriedTask(record, failure, 1, 'attempts'),
  move.toLineHaltedByTask(record, failure, 1),
  move.toRetriedDelivery(record, failure, 1, 'deliver_attempts'),
  move.toDelivered(picture),
  move.toFound(record, picture),
  move.toCancelled(record),
  move.toDeadLettered(record, 'submit', failure, { watchMs: 1 }),
  move.toDeadLettered(record, 'submit', failure, { watchMs: 1, licence: 'l' }),
  move.toDeadLettered(record, 'poll', failure, { watchMs: 1 }),
  move.toDeadLettered(record, 'deliver', failure, { watchMs: 1 }),
  move.toLetterWritten(record),
  move.toRescued(record, 1),
  move.toRedriven(record, 'accepted', 1),
  move.toRedriven(record, 'submitted', 1),
  move.toRedriven(record, 'generated', 1),
];

describe('every transition', () => {
  it.each(all.map((t) => [t.name, t.to, t] as const))('%s to %s is a legal edge', (_name, _to, transition) => {
    for (const from of transition.from) expect(isLegalMove(from, transition.to)).toBe(true);
  });

  it('is guarded by the hop or the licence that its caller read, except the delivery that the bucket confirms', () => {
    const unguarded = all.filter((t) => t.hop === undefined && t.licence === undefined).map((t) => t.name);
    expect(unguarded).toEqual(['delivered']);
  });

  it('that leaves the paid part without a result releases or spends the money of its licence', () => {
    const fromPaid = all.filter((t) => t.from.some((s) => s === 'submitting' || s === 'submitted') && ['accepted', 'dead_lettered', 'generated'].includes(t.to));
    expect(fromPaid.filter((t) => t.money === undefined).map((t) => t.name)).toEqual([]);
  });

  it('to an unfinished status that a stage works on is watched, waits for its due time, or stands in a backlog', () => {
    const unwatched = all
      .filter((t) => ['accepted', 'submitting', 'submitted', 'generated', 'in_doubt'].includes(t.to))
      .filter((t) => t.watch_in === undefined && t.due_in === undefined && t.backlog === undefined);
    // A doubt past its deadline holds nothing any more; it waits for a person.
    expect(unwatched.map((t) => t.name)).toEqual(['slot_freed']);
  });
});
