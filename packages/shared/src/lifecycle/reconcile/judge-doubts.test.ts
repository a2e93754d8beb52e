import { describe, expect, it } from 'vitest';
import { judgeDoubts } from './judge-doubts.ts';
import type { OpenSubmit } from './open-submit.ts';
import type { Evidence, ReconcileTerms, UnknownTask, Verdict } from './verdict.ts';

const HOUR = 3_600_000;
const T0 = 1_800_000_000_000;
const TERMS: ReconcileTerms = { dedicated: true, doubtSettleMs: 600_000, listedMs: 23 * HOUR };
const SHARED: ReconcileTerms = { ...TERMS, dedicated: false };
const ALL = { from: T0 - 20 * HOUR, to: T0 + 20 * HOUR };

/** A submit sent at `at` whose answer was lost `lostMs` later. */
const doubt = (id: string, at: number, more: Partial<OpenSubmit> = {}, lostMs = 1_000): OpenSubmit => ({
  id,
  batch: 'spring',
  licence: `licence-${id}`,
  kind: 'doubt',
  sentFrom: T0 + at,
  sentTo: T0 + at + lostMs,
  madeBy: T0 + at + lostMs + 1_000,
  requestId: null,
  keyName: 'our-key',
  ...more,
});

const task = (taskId: string, at: number, more: Partial<UnknownTask> = {}): UnknownTask => ({
  taskId,
  status: 'RUNNING',
  requestId: null,
  createdAt: T0 + at,
  apiKeyId: '7',
  ...more,
});

const judge = (
  submits: OpenSubmit[],
  tasks: UnknownTask[],
  terms: ReconcileTerms = TERMS,
  more: Partial<Evidence> = {},
) =>
  judgeDoubts(
    {
      submits,
      tasks,
      readAt: T0 + 2 * HOUR,
      listed: [ALL],
      offset: { lo: 0, hi: 0 },
      keyIds: new Map([['our-key', '7']]),
      ...more,
    },
    terms,
  );

const short = (verdict: Verdict): string => {
  if (verdict.kind === 'adopt') return `${verdict.submit.id}: ${verdict.task.taskId} by ${verdict.by}`;
  return `${verdict.submit.id}: ${verdict.kind}${'reason' in verdict ? ` ${verdict.reason}` : ''}`;
};
const said = (judged: ReturnType<typeof judge>): string[] => judged.verdicts.map(short);

describe('a doubt', () => {
  it('adopts the one task that only it can have made', () => {
    expect(said(judge([doubt('a', 0)], [task('t', 300)]))).toEqual(['a: t by window']);
  });

  it('adopts it before the settle delay as well, and with a list that is not complete', () => {
    const early = { readAt: T0 + 5_000, listed: [] };
    expect(said(judge([doubt('a', 0)], [task('t', 300)], TERMS, early))).toEqual(['a: t by window']);
  });

  it('is released when the settle delay has passed and nothing is listed, also with a shared key', () => {
    for (const terms of [TERMS, SHARED]) expect(said(judge([doubt('a', 0)], [], terms))).toEqual(['a: release']);
  });

  it('waits while the settle delay has not passed, counted from the last moment of its send', () => {
    const at = T0 + 1_000 + 600_000;
    expect(said(judge([doubt('a', 0)], [], TERMS, { readAt: at - 1 }))).toEqual(['a: wait settling']);
    expect(said(judge([doubt('a', 0)], [], TERMS, { readAt: at }))).toEqual(['a: release']);
  });

  it('waits while any part of its time is not listed completely', () => {
    const parts = [
      { from: ALL.from, to: T0 + 100_000 },
      { from: T0 + 100_001, to: ALL.to },
    ];
    for (const listed of [[], parts, [{ from: T0, to: ALL.to }]])
      expect(said(judge([doubt('a', 0)], [], TERMS, { listed }))).toEqual(['a: wait list_incomplete']);
  });

  it('is held when upstream no longer lists its time', () => {
    expect(said(judge([doubt('a', 0)], [], TERMS, { readAt: T0 + 23 * HOUR }))).toEqual(['a: hold too_old']);
  });

  it('is held for a task made late, or shortly before its send: neither is its own for sure, nor surely not', () => {
    expect(said(judge([doubt('a', 0)], [task('t', 400_000)]))).toEqual(['a: hold late_task']);
    expect(said(judge([doubt('a', 0)], [task('t', -30_000)]))).toEqual(['a: hold late_task']);
    expect(said(judge([doubt('a', 0)], [task('t', 700_000)]))).toEqual(['a: release']);
  });

  it('does not adopt before an own task has shown under which id our key is listed', () => {
    const keyIds = new Map<string, string>();
    expect(said(judge([doubt('a', 0)], [task('t', 300)], TERMS, { keyIds }))).toEqual(['a: hold own_key_unknown']);
    expect(said(judge([doubt('a', 0, { keyName: 'new-key' })], [task('t', 300)]))).toEqual(['a: hold own_key_unknown']);
  });

  it('does not adopt a task that does not say its key or its time', () => {
    expect(said(judge([doubt('a', 0)], [task('t', 300, { apiKeyId: null })]))).toEqual(['a: hold own_key_unknown']);
    expect(said(judge([doubt('a', 0)], [task('t', 300, { createdAt: null })]))).toEqual(['a: hold ambiguous']);
  });

  it('is not disturbed by tasks of another key of the account, once our own is known', () => {
    const others = [task('x', 200, { apiKeyId: '8' }), task('y', 400, { apiKeyId: '9' })];
    expect(said(judge([doubt('a', 0)], [...others, task('t', 300)]))).toEqual(['a: t by window']);
    expect(said(judge([doubt('a', 0)], others, SHARED))).toEqual(['a: release']);
  });

  it('with a shared key is held for any candidate, and only a request id settles it', () => {
    const a = doubt('a', 0, { requestId: 'r' });
    expect(said(judge([a], [task('t', 300)], SHARED))).toEqual(['a: hold shared_key']);
    const judged = judge([a], [task('x', 200), task('t', 300, { requestId: 'r' })], SHARED, { readAt: T0 + 2_000 });
    expect(said(judged)).toEqual(['a: t by request_id']);
  });

  it('sees the task in its window though the clocks are an hour apart, within what the offset leaves open', () => {
    const offset = { lo: HOUR - 200, hi: HOUR + 300 };
    expect(said(judge([doubt('a', 0)], [task('t', HOUR + 100)], TERMS, { offset }))).toEqual(['a: t by window']);
    expect(said(judge([doubt('a', 0)], [task('t', 100)], TERMS, { offset }))).toEqual(['a: release']);
  });
});

describe('several doubts', () => {
  it('each adopt their own where the windows are apart', () => {
    const judged = judge([doubt('a', 0), doubt('b', 10_000), doubt('c', 20_000)], [task('u', 20_100), task('t', 100)]);
    expect(said(judged)).toEqual(['a: t by window', 'b: release', 'c: u by window']);
  });

  it('are settled by order where only one assignment is possible', () => {
    // Before b was sent nobody but a can have made t, so u is of b.
    const judged = judge([doubt('a', 0), doubt('b', 2_000)], [task('u', 2_200), task('t', 100)]);
    expect(said(judged)).toEqual(['a: t by window', 'b: u by window']);
  });

  it('are held where two assignments are possible', () => {
    const both = [doubt('a', 0), doubt('b', 100)];
    expect(said(judge(both, [task('t', 500), task('u', 600)]))).toEqual(['a: hold ambiguous', 'b: hold ambiguous']);
    expect(said(judge(both, [task('t', 500)]))).toEqual(['a: hold ambiguous', 'b: hold ambiguous']);
  });

  it('are held where there are more tasks than doubts', () => {
    expect(said(judge([doubt('a', 0)], [task('t', 100), task('u', 200)]))).toEqual(['a: hold contradiction']);
  });

  it('release the one that has no task in any assignment', () => {
    const judged = judge([doubt('a', 0), doubt('b', 2_000)], [task('t', 100)]);
    expect(said(judged)).toEqual(['a: t by window', 'b: release']);
  });

  it('wait for a submit that is still flying and may own the task', () => {
    const flying = doubt('f', 100, { kind: 'flying', madeBy: T0 + 60_000 });
    expect(said(judge([doubt('a', 0), flying], [task('t', 500)]))).toEqual(['a: wait others_flying']);
  });

  it('do not adopt what a submit that was released may have made, and nobody is told that it is a duplicate', () => {
    const judged = judge([doubt('a', 0), doubt('r', 100, { kind: 'released' })], [task('t', 500)]);
    expect(said(judged)).toEqual(['a: hold ambiguous']);
    expect(judged.duplicates).toEqual([]);
  });
});

describe('a task after its submit was released', () => {
  const released = doubt('r', 0, { kind: 'released', requestId: 'r' });

  it('is a suspected duplicate, in its window or long after it with a dedicated key', () => {
    for (const at of [500, 700_000, 1.5 * HOUR]) {
      const judged = judge([released], [task('t', at)]);
      expect(judged.duplicates.map(({ task: { taskId }, submits }) => [taskId, submits[0]?.id])).toEqual([['t', 'r']]);
    }
  });

  it('with a shared key is one only near its send, or by its request id', () => {
    expect(judge([released], [task('t', 500)], SHARED).duplicates).toHaveLength(1);
    expect(judge([released], [task('t', 1.5 * HOUR)], SHARED).duplicates).toHaveLength(0);
    expect(judge([released], [task('t', 1.5 * HOUR, { requestId: 'r' })], SHARED).duplicates).toHaveLength(1);
  });
});

describe('a task of our key that no submit of ours can have made', () => {
  it('is a stranger; one of another key is nobody', () => {
    const judged = judge([doubt('a', 0)], [task('t', -HOUR), task('x', -HOUR, { apiKeyId: '8' })]);
    expect(judged.strangers.map(({ taskId }) => taskId)).toEqual(['t']);
    expect(said(judged)).toEqual(['a: release']);
  });
});
