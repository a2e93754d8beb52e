// What follows from each outcome.
import { describe, expect, it } from 'vitest';
import { exponentialMs, jitteredMs, pollDelayMs } from './backoff.ts';
import type { Failure } from './failure.ts';
import type { Outcome } from './outcome.ts';
import type { ExpansionRecord } from './record.ts';
import { policyForTests as policy, recordWith } from './record-fixture.test-support.ts';
import { redriveOf } from './redrive.ts';
import { RESCUES_MAX, rescueOf } from './rescue.ts';
import { settle } from './settlement.ts';
import type { Stage } from './stage.ts';

const NOW = 1_000_000;
const middle = (): number => 0.5;
const end = (record: ExpansionRecord, stage: Stage, outcome: Outcome) =>
  settle(record, stage, outcome, policy, NOW, middle);

const failure = (code: string, errorClass: Failure['class']): Failure => ({ code, class: errorClass, message: 'm' });
const refused = (f: Failure): Outcome => ({ kind: 'refused', licence: 'l', failure: f });

describe('a refused submit', () => {
  it('of a 500 class waits twice as long each time, and the last attempt is a dead letter', () => {
    const due = [0, 1].map(
      (attempts) =>
        end(recordWith({ attempts }), 'submit', refused(failure('InternalError.Algo', 'transient'))).transition?.due_in,
    );
    expect(due).toEqual([750, 1_500]);
    const last = end(recordWith({ attempts: 2 }), 'submit', refused(failure('InternalError.Algo', 'transient')));
    expect([last.transition?.to, last.next.kind]).toEqual(['dead_lettered', 'letter']);
  });

  it('of a 400 class is a dead letter at once', () => {
    expect(end(recordWith({}), 'submit', refused(failure('InvalidParameter', 'permanent'))).transition?.to).toBe(
      'dead_lettered',
    );
  });

  it('that was throttled spends no attempt, however often', () => {
    const { transition } = end(
      recordWith({ attempts: 2 }),
      'submit',
      refused(failure('Throttling.RateQuota', 'throttled')),
    );
    expect([transition?.to, transition?.add, transition?.due_in]).toEqual(['accepted', undefined, 750]);
  });

  it('that names a time to come back is believed', () => {
    const f = { ...failure('Throttling', 'throttled'), retryAfterMs: 7_000 };
    expect(end(recordWith({}), 'submit', refused(f)).transition?.due_in).toBe(7_000);
  });

  it('by an account fault halts the line and gives the row back unspent', () => {
    const { transition } = end(recordWith({}), 'submit', refused(failure('Arrearage', 'account')));
    expect(transition).toMatchObject({
      to: 'accepted',
      backlog: 'head',
      money: 'release',
      halt: { code: 'Arrearage' },
    });
    expect(transition?.add).toBeUndefined();
  });
});

it('a submit in doubt holds its money, and nobody yet: it is reconciled first', () => {
  const { transition, next } = end(recordWith({}), 'submit', {
    kind: 'doubted',
    licence: 'l',
    failure: failure('upstream_timeout', 'in_doubt'),
  });
  expect(transition).toMatchObject({ to: 'in_doubt', set: { doubt_code: 'upstream_timeout' } });
  expect([transition?.money, next.kind]).toEqual([undefined, 'done']);
});

it('a submit in doubt holds its slot until its task must have ended', () => {
  const f: Outcome = { kind: 'doubted', licence: 'l', failure: failure('upstream_timeout', 'in_doubt') };
  const slotOf = (own: Partial<typeof policy>) =>
    settle(recordWith({}), 'submit', f, { ...policy, ...own }, NOW, middle).transition?.watch_in;
  expect(slotOf({ taskDeadlineMs: 11_000, doubtSettleMs: 5_000 })).toBe(10_000);
  expect(slotOf({ taskDeadlineMs: 3_000, doubtSettleMs: 5_000 })).toBe(3_000);
});

describe('a look at a task', () => {
  const submitted = recordWith({ status: 'submitted', submittedAt: NOW - 1_000, taskId: 't' as never });

  it('that is not finished is a snooze that spends nothing', () => {
    const { transition, next } = end(submitted, 'poll', { kind: 'unfinished', taskStatus: 'RUNNING' });
    expect([transition?.to, transition?.raise_hop, next]).toEqual([
      'submitted',
      undefined,
      { kind: 'snooze', delayMs: 4_500 },
    ]);
  });

  it('that is unfinished past its deadline is a dead letter that says it may be billed', () => {
    const old = { ...submitted, submittedAt: NOW - policy.taskDeadlineMs - 1 };
    const { transition } = end(old, 'poll', { kind: 'unfinished', taskStatus: 'UNKNOWN' });
    expect(transition).toMatchObject({
      to: 'dead_lettered',
      set: { dead_code: 'task_deadline_passed', billed: 'maybe' },
      money: 'spend',
    });
  });

  it('that fails to be asked ends only with the life of the task, however often it fails', () => {
    const f: Outcome = { kind: 'query_failed', failure: failure('upstream_timeout', 'transient') };
    const old = { ...submitted, pollErrors: 500, submittedAt: NOW - policy.taskDeadlineMs - 1 };
    expect(end(old, 'poll', f).transition?.to).toBe('submitted');
    expect(end({ ...old, submittedAt: NOW - policy.taskLifeMs - 1 }, 'poll', f).transition?.to).toBe('dead_lettered');
  });

  it('that FAILED with a 500 class is submitted anew, its money released', () => {
    const { transition } = end(submitted, 'poll', {
      kind: 'task_failed',
      failure: failure('InternalError.Algo', 'transient'),
    });
    expect(transition).toMatchObject({ to: 'accepted', add: { attempts: 1 }, money: 'release' });
  });

  it('that FAILED because the source could not be fetched is a dead letter unless another try is allowed', () => {
    const f: Outcome = { kind: 'task_failed', failure: failure('InvalidParameter.FileDownload', 'source') };
    expect(end(submitted, 'poll', f).transition?.to).toBe('dead_lettered');
    const { transition } = settle(submitted, 'poll', f, { ...policy, sourceAttemptsMax: 2 }, NOW, middle);
    expect(transition).toMatchObject({ to: 'accepted', add: { source_attempts: 1 } });
  });
});

describe('a delivery', () => {
  const generated = recordWith({ status: 'generated', billed: 'yes', deliverAttempts: 2, storeErrors: 50 });

  it('waits for a store that is away without spending attempts', () => {
    const { transition, next } = end(generated, 'deliver', {
      kind: 'undelivered',
      failure: failure('store_unavailable', 'transient'),
    });
    expect([transition?.to, transition?.add, next.kind]).toEqual(['generated', { store_errors: 1 }, 'snooze']);
  });

  it('whose new link cannot be asked for waits, and longer each time, without spending attempts', () => {
    const delayAfter = (pollErrors: number) => {
      const { transition, next } = end({ ...generated, pollErrors }, 'deliver', {
        kind: 'undelivered',
        failure: failure('result_link_unavailable', 'transient'),
      });
      expect([transition?.to, transition?.add]).toEqual(['generated', { poll_errors: 1 }]);
      return next.kind === 'snooze' ? next.delayMs : 0;
    };
    expect(delayAfter(500)).toBeGreaterThan(delayAfter(0));
  });

  it('of bytes that are no picture is bounded', () => {
    const { transition } = end(generated, 'deliver', {
      kind: 'undelivered',
      failure: failure('result_not_an_image', 'transient'),
    });
    expect(transition?.to).toBe('dead_lettered');
    expect(transition?.money).toBeUndefined();
  });
});

describe('a rescue', () => {
  it('of a lost licence is a doubt, never another POST', () => {
    const settlement = rescueOf(recordWith({ status: 'submitting', licence: 'l' }), 'taken_or_gone', policy);
    expect(settlement).toMatchObject({
      transition: { to: 'in_doubt', licence: 'l', overdue: true },
      next: { kind: 'done' },
    });
  });

  it('raises the hop, so that the old token is dropped', () => {
    expect(rescueOf(recordWith({ status: 'submitted' }), 'taken_or_gone', policy)?.transition).toMatchObject({
      raise_hop: true,
      overdue: true,
    });
  });

  it('of a token that still waits for a worker only looks again later, however often', () => {
    const settlement = rescueOf(recordWith({ status: 'submitted', rescues: RESCUES_MAX }), 'waiting', policy);
    expect(settlement).toMatchObject({ transition: { name: 'watched', to: 'submitted' }, next: { kind: 'done' } });
  });

  it('without progress ends as stuck', () => {
    const settlement = rescueOf(recordWith({ status: 'submitted', rescues: RESCUES_MAX }), 'taken_or_gone', policy);
    expect(settlement?.transition).toMatchObject({ to: 'dead_lettered', set: { dead_code: 'stuck', billed: 'maybe' } });
  });

  it('writes a missing letter, and none that was written before', () => {
    expect(rescueOf(recordWith({ status: 'dead_lettered' }), 'taken_or_gone', policy)?.next.kind).toBe('letter');
    expect(rescueOf(recordWith({ status: 'dead_lettered', letterWritten: true }), 'taken_or_gone', policy)).toBeNull();
  });
});

describe('a redrive', () => {
  const dead = (some: Partial<ExpansionRecord>) => recordWith({ status: 'dead_lettered', ...some });

  it('of a paid picture goes on at delivering', () => {
    expect(redriveOf(dead({ billed: 'yes', deadCode: 'result_too_large' }), false, policy)).toMatchObject({
      from: 'generated',
      paysAgain: false,
    });
  });

  it('of a paid picture that is gone asks for leave to pay again', () => {
    const gone = dead({ billed: 'yes', deadCode: 'result_expired' });
    expect(redriveOf(gone, false, policy).kind).toBe('needs_pay_again');
    expect(redriveOf(gone, true, policy)).toMatchObject({ from: 'accepted', paysAgain: true });
  });

  it('of a task that may be billed looks again before it pays', () => {
    expect(redriveOf(dead({ billed: 'maybe', taskId: 't' as never }), false, policy)).toMatchObject({
      from: 'submitted',
      paysAgain: false,
    });
  });

  it('of a row that was never billed submits it anew', () => {
    expect(redriveOf(dead({}), false, policy)).toMatchObject({ from: 'accepted', paysAgain: false });
  });
});

describe('backoff', () => {
  const bounds = { delayMsMin: 1_000, delayMsMax: 8_000 };

  it('doubles up to its bound', () => {
    expect([1, 2, 3, 4, 5, 1_000].map((n) => exponentialMs(n, bounds))).toEqual([
      1_000, 2_000, 4_000, 8_000, 8_000, 8_000,
    ]);
  });

  it('is jittered between half and whole', () => {
    expect([jitteredMs(1_000, () => 0), jitteredMs(1_000, () => 0.999999)]).toEqual([500, 1_000]);
  });

  it('of polls follows the documented 3 s, times 1.5, at most 15 s', () => {
    const documented = { delayMsMin: 3_000, delayMsMax: 15_000, factor: 1.5 };
    expect([0, 1, 2, 3, 4, 9].map((n) => pollDelayMs(n, documented, middle))).toEqual([
      3_000, 4_500, 6_750, 10_125, 15_000, 15_000,
    ]);
  });
});
